//@ until: verify
// A range is an i32 array of rank 1.

func.func @buffer(%begin: i32, %step: i32, %a: memref<?xi32, "device">, %b: memref<?xi32, strided<[1], offset: ?>, "host">) {
  "xpu.range"(%begin, %step, %a) : (i32, i32, memref<?xi32, "device">) -> ()
  "xpu.range"(%begin, %step, %b) : (i32, i32, memref<?xi32, strided<[1], offset: ?>, "host">) -> ()
  return
}

// -----

func.func @value(%begin: i32, %step: i32, %n: index) -> tensor<?xi32, "device"> {
  %0 = "xpu.range"(%begin, %step, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  return %0 : tensor<?xi32, "device">
}

// -----

// The size stands there even when the type tells it.
func.func @static(%begin: i32, %step: i32) -> tensor<8xi32, "host"> {
  %n = arith.constant 8 : index
  %0 = "xpu.range"(%begin, %step, %n) : (i32, i32, index) -> tensor<8xi32, "host">
  return %0 : tensor<8xi32, "host">
}
