// A value in memory of the caller, an op that may write anything, then a use of the value.

func.func @f(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
    %o0: memref<?xi32, "host"> {xpu.name = "o0", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %o1: memref<?xi32, "host"> {xpu.name = "o1", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %k = arith.constant 5 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "host">
  %t = "xpu.alloc"(%B) : (index) -> memref<?xi32, "host">
  "xpu.broadcast_add"(%x, %k, %t) : (memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  "xpu.copy"(%t, %o0) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  scf.for %i = %c0 to %B step %c1 {
    memref.store %k, %o0[%i] : memref<?xi32, "host">
  }
  "xpu.copy"(%t, %o1) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
