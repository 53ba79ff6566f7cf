//@ passes: simplify

// A remainder is less than the divisor.
func.func @floordiv_mod(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %one = arith.constant 1 : i32
  "xpu.require"(%k, %one) {predicate = "sge", message = "k"} : (i32, i32) -> ()
  %a = "xpu.broadcast_mod"(%x, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_floordiv"(%a, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The divisor may be 0, which is an error.
func.func @floordiv_mod_zero(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.broadcast_mod"(%x, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_floordiv"(%a, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
