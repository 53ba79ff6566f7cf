//@ passes: raise
// Clauses of the contract stay where they are, among the effects.

// Between two writes: the first has happened when the program stops here, the second has not.
func.func @order(%k: i32, %a: memref<?xi32, "host">, %b: memref<?xi32, "host">) {
  %c1 = arith.constant 1 : i32
  "xpu.constant"(%k, %a) : (i32, memref<?xi32, "host">) -> ()
  "xpu.require"(%k, %c1) {predicate = "sge", message = "k"} : (i32, i32) -> ()
  "xpu.constant"(%k, %b) : (i32, memref<?xi32, "host">) -> ()
  return
}

// -----

// A clause on a buffer is one on the content it has at that point.
func.func @content(%x: memref<?xi32, "device">, %n: index) {
  %c0 = arith.constant 0 : i32
  %lens = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.d2h"(%x, %lens) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  "xpu.require"(%lens, %c0) {predicate = "sge", message = "lens"} : (memref<?xi32, "host">, i32) -> ()
  "xpu.cumsum"(%lens, %lens) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.require"(%lens, %c0) {predicate = "sge", message = "sums"} : (memref<?xi32, "host">, i32) -> ()
  return
}
