//@ passes: simplify

// The contract decides every comparison.
func.func @decided(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi1, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %r = "xpu.compare"(%x, %zero) {predicate = "slt"} : (tensor<?xi32, "device">, i32) -> tensor<?xi1, "device">
  "xpu.into"(%r, %out) : (tensor<?xi1, "device">, memref<?xi1, "device">) -> ()
  return
}

// -----

// Only 3 passes the clause, but that has to be checked: nothing is folded.
func.func @clause(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %three = arith.constant 3 : i32
  %four = arith.constant 4 : i32
  %r = "xpu.broadcast_mod"(%x, %four) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.require"(%r, %three) {predicate = "sge", message = "r"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// -1 decides otherwise.
func.func @open(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi1, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %m = arith.constant -1 : i32
  "xpu.require"(%x, %m) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %r = "xpu.compare"(%x, %zero) {predicate = "slt"} : (tensor<?xi32, "device">, i32) -> tensor<?xi1, "device">
  "xpu.into"(%r, %out) : (tensor<?xi1, "device">, memref<?xi1, "device">) -> ()
  return
}
