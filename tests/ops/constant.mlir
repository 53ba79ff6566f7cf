//@ until: verify
// A constant fills an array of any rank, from a scalar of any type.

// One of each element type; the slice is a part of a larger buffer.
func.func @buffer(%a: memref<?xi1, "device">, %b: memref<?x4xi32, "host">, %c: memref<?xi64, strided<[1], offset: ?>, "device">, %flag: i1, %pad: i32, %big: i64) {
  "xpu.constant"(%flag, %a) : (i1, memref<?xi1, "device">) -> ()
  "xpu.constant"(%pad, %b) : (i32, memref<?x4xi32, "host">) -> ()
  "xpu.constant"(%big, %c) : (i64, memref<?xi64, strided<[1], offset: ?>, "device">) -> ()
  return
}

// -----

// A size operand for each dynamic dim, in order.
func.func @value(%pad: i32, %n: index, %k: index) -> tensor<?x4x?xi32, "device"> {
  %0 = "xpu.constant"(%pad, %n, %k) : (i32, index, index) -> tensor<?x4x?xi32, "device">
  return %0 : tensor<?x4x?xi32, "device">
}

// -----

// No dynamic dim, no size.
func.func @static(%flag: i1) -> tensor<7xi1, "host"> {
  %0 = "xpu.constant"(%flag) : (i1) -> tensor<7xi1, "host">
  return %0 : tensor<7xi1, "host">
}
