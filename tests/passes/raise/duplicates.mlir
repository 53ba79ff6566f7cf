//@ passes: raise
// What is computed twice is computed once; what nobody uses goes.

// The same op on the same values.
func.func @twice(%x: memref<?xi32, "host">, %n: index, %a: memref<?xi32, "host"> {xpu.noalias}, %b: memref<?xi32, "host"> {xpu.noalias}) {
  %s = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  %t = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.cumsum"(%x, %s) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%x, %t) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%s, %a) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%t, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Other attributes, other values.
func.func @predicates(%x: memref<?xi32, "host">, %n: index, %a: memref<?xi1, "host"> {xpu.noalias}, %b: memref<?xi1, "host"> {xpu.noalias}) {
  %c0 = arith.constant 0 : i32
  "xpu.compare"(%x, %c0, %a) {predicate = "sgt"} : (memref<?xi32, "host">, i32, memref<?xi1, "host">) -> ()
  "xpu.compare"(%x, %c0, %b) {predicate = "sge"} : (memref<?xi32, "host">, i32, memref<?xi1, "host">) -> ()
  return
}

// -----

// The same op after its input has changed is another.
func.func @changed(%x: memref<?xi32, "host"> {xpu.noalias}, %n: index, %a: memref<?xi32, "host"> {xpu.noalias}, %b: memref<?xi32, "host"> {xpu.noalias}) {
  %c1 = arith.constant 1 : i32
  "xpu.cumsum"(%x, %a) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.broadcast_add"(%x, %c1, %x) : (memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%x, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
