// What a branch does is not done where its condition fails: a load of an element that may not be there, a division by
// what may be 0, a part of a buffer that may not fit.

!host = memref<?xi32, "host">
!view = memref<?xi32, strided<[1], offset: ?>, "host">

func.func @guarded(%x: !host {xpu.name = "x", xpu.shape = ["B"]}, %n: i32 {xpu.name = "n"}, %out: !host {xpu.name = "out", xpu.shape = ["4"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %zero = arith.constant 0 : i32
  %hundred = arith.constant 100 : i32
  %B = memref.dim %x, %c0 : !host
  "xpu.constant"(%zero, %out) : (i32, !host) -> ()
  %some = arith.cmpi sgt, %B, %c0 : index
  %first = scf.if %some -> (i32) {
    %v = memref.load %x[%c0] : !host
    scf.yield %v : i32
  } else {
    scf.yield %zero : i32
  }
  memref.store %first, %out[%c0] : !host
  %positive = arith.cmpi sgt, %n, %zero : i32
  %quotient = scf.if %positive -> (i32) {
    %q = arith.divsi %hundred, %n : i32
    scf.yield %q : i32
  } else {
    scf.yield %zero : i32
  }
  %at = arith.index_cast %n : i32 to index
  %two = arith.constant 2 : i32
  %small = arith.cmpi sle, %n, %two : i32
  %fits = arith.andi %positive, %small : i1
  scf.if %fits {
    %part = memref.subview %out[%at] [%c2] [1] : !host to !view
    "xpu.constant"(%quotient, %part) : (i32, !view) -> ()
  }
  return
}
