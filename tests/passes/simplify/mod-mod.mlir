//@ passes: simplify

// Whatever the divisor is.
func.func @mod_mod(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.broadcast_mod"(%x, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_mod"(%a, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Two divisors.
func.func @mod_mod_other(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %eight = arith.constant 8 : i32
  %a = "xpu.broadcast_mod"(%x, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_mod"(%a, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
