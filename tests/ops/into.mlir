//@ until: verify
// A value written over a buffer.

func.func @into(%value: tensor<?x4xi1, "host">, %dst: memref<?x4xi1, "host">) {
  "xpu.into"(%value, %dst) : (tensor<?x4xi1, "host">, memref<?x4xi1, "host">) -> ()
  return
}

// -----

// Over a part of a buffer.
func.func @slice(%value: tensor<8xi64, "device">, %dst: memref<?xi64, strided<[1], offset: ?>, "device">) {
  "xpu.into"(%value, %dst) : (tensor<8xi64, "device">, memref<?xi64, strided<[1], offset: ?>, "device">) -> ()
  return
}
