// A load in a branch is not done where the condition fails: there may be no such element. It used to be hoisted.

!host = memref<?xi32, "host">

func.func @guarded_load(%x: !host {xpu.name = "x", xpu.shape = ["B"]}, %out: memref<1xi32, "host"> {xpu.name = "out", xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %x, %c0 : !host
  %some = arith.cmpi sgt, %B, %c0 : index
  %first = scf.if %some -> (i32) {
    %v = memref.load %x[%c0] : !host
    scf.yield %v : i32
  } else {
    scf.yield %zero : i32
  }
  memref.store %first, %out[%c0] : memref<1xi32, "host">
  return
}
