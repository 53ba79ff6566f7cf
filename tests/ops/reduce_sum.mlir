//@ until: verify
// A sum is one element, and that of i32 may be i64.

func.func @buffer(%x: memref<?xi32, "device">, %a: memref<1xi32, "device">, %b: memref<1xi64, "device">) {
  "xpu.reduce_sum"(%x, %a) : (memref<?xi32, "device">, memref<1xi32, "device">) -> ()
  "xpu.reduce_sum"(%x, %b) : (memref<?xi32, "device">, memref<1xi64, "device">) -> ()
  return
}

// -----

func.func @value(%x: tensor<?xi64, "host">) -> tensor<1xi64, "host"> {
  %0 = "xpu.reduce_sum"(%x) : (tensor<?xi64, "host">) -> tensor<1xi64, "host">
  return %0 : tensor<1xi64, "host">
}

// -----

// One element of a larger buffer.
func.func @slice(%x: memref<?xi32, strided<[1], offset: ?>, "device">, %info: memref<7xi32, "device">) {
  %slot = memref.subview %info[2] [1] [1] : memref<7xi32, "device"> to memref<1xi32, strided<[1], offset: 2>, "device">
  "xpu.reduce_sum"(%x, %slot) : (memref<?xi32, strided<[1], offset: ?>, "device">, memref<1xi32, strided<[1], offset: 2>, "device">) -> ()
  return
}
