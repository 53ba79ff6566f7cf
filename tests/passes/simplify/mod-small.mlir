//@ passes: simplify

// Less than the divisor: itself.
func.func @mod_small(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %eight = arith.constant 8 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%x, %eight) {predicate = "slt", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %r = "xpu.broadcast_mod"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// 8 % 8 is 0.
func.func @mod_equal(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %eight = arith.constant 8 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%x, %eight) {predicate = "sle", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %r = "xpu.broadcast_mod"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
