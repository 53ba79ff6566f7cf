//@ passes: simplify

// Nothing wraps around; the order does not matter.
func.func @floordiv_sum(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %big = arith.constant 1000 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%x, %big) {predicate = "sle", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%y, %zero) {predicate = "sge", message = "y"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%y, %big) {predicate = "sle", message = "y"} : (tensor<?xi32, "device">, i32) -> ()
  %eight = arith.constant 8 : i32
  %a = "xpu.broadcast_mul"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %s = "xpu.broadcast_add"(%a, %y) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_floordiv"(%s, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The sum may wrap around.
func.func @floordiv_sum_wraps(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %big = arith.constant 1000 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%x, %big) {predicate = "sle", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %eight = arith.constant 8 : i32
  %a = "xpu.broadcast_mul"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %s = "xpu.broadcast_add"(%y, %a) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_floordiv"(%s, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
