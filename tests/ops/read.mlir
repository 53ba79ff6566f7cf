//@ until: verify
// The content of a buffer as a value.

func.func @read(%src: memref<?x4xi1, "host">) -> tensor<?x4xi1, "host"> {
  %0 = "xpu.read"(%src) : (memref<?x4xi1, "host">) -> tensor<?x4xi1, "host">
  return %0 : tensor<?x4xi1, "host">
}

// -----

// Of a part of a buffer; the value may tell more of the size than the buffer.
func.func @slice(%src: memref<?xi64, strided<[1], offset: ?>, "device">) -> tensor<8xi64, "device"> {
  %0 = "xpu.read"(%src) : (memref<?xi64, strided<[1], offset: ?>, "device">) -> tensor<8xi64, "device">
  return %0 : tensor<8xi64, "device">
}
