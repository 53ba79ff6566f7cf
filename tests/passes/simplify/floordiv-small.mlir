//@ passes: simplify

// Less than the divisor: 0, of the same size.
func.func @floordiv_small(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %eight = arith.constant 8 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%x, %eight) {predicate = "slt", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %r = "xpu.broadcast_floordiv"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// A negative number rounds down.
func.func @floordiv_negative(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %eight = arith.constant 8 : i32
  "xpu.require"(%x, %eight) {predicate = "slt", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %r = "xpu.broadcast_floordiv"(%x, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
