//@ passes: raise
//@ show: remarks
// Each op that is not known is said.

func.func private @unknown()
func.func @call() {
  func.call @unknown() : () -> ()
  return
}

// -----

func.func @loop(%n: index, %x: memref<?xi32, "host">) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %v = arith.constant 7 : i32
  scf.for %i = %c0 to %n step %c1 {
    memref.store %v, %x[%i] : memref<?xi32, "host">
  }
  return
}

// -----

// Nothing to say.
func.func @known(%x: memref<?xi32, "host">) {
  "xpu.cumsum"(%x, %x) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
