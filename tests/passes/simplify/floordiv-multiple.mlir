//@ passes: simplify

// Nothing wraps around.
func.func @floordiv_multiple(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %big = arith.constant 1000 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%x, %big) {predicate = "sle", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %eight = arith.constant 8 : i32
  %a = "xpu.broadcast_mul"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_floordiv"(%a, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The product may wrap around.
func.func @floordiv_multiple_wraps(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %eight = arith.constant 8 : i32
  %a = "xpu.broadcast_mul"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_floordiv"(%a, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
