//@ passes: simplify

// x * 1 is x.
func.func @mul_one(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %one = arith.constant 1 : i32
  %y = "xpu.broadcast_mul"(%x, %one) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// (x * 2) / 2 is not x: the product wraps.
func.func @mul_two_floordiv_two(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %two = arith.constant 2 : i32
  %p = "xpu.broadcast_mul"(%x, %two) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %y = "xpu.broadcast_floordiv"(%p, %two) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
