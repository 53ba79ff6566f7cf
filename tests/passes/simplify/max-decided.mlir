//@ passes: simplify

// The contract decides it.
func.func @max_decided(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %five = arith.constant 5 : i32
  %b = arith.constant 1 : i32
  "xpu.require"(%x, %five) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %r = "xpu.broadcast_max"(%x, %b) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// By one not.
func.func @max_open(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %five = arith.constant 5 : i32
  %b = arith.constant 6 : i32
  "xpu.require"(%x, %five) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %r = "xpu.broadcast_max"(%x, %b) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// What a clause says of the result decides nothing: the clause has to be checked.
func.func @max_clause(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %five = arith.constant 5 : i32
  %b = arith.constant 1 : i32
  %r = "xpu.broadcast_max"(%x, %b) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.require"(%r, %five) {predicate = "sge", message = "r"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
