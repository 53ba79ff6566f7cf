//@ passes: simplify

// By 24 at once.
func.func @floordiv_floordiv(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %eight = arith.constant 8 : i32
  %three = arith.constant 3 : i32
  %a = "xpu.broadcast_floordiv"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_floordiv"(%a, %three) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The second divisor is not known to be positive.
func.func @floordiv_floordiv_unknown(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %eight = arith.constant 8 : i32
  %a = "xpu.broadcast_floordiv"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_floordiv"(%a, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
