// What a branch does is not done where its condition fails: a division by what may be 0, a part of a buffer that may
// not fit.

!host = memref<?xi32, "host">
!view = memref<?xi32, strided<[1], offset: ?>, "host">

func.func @guarded(%n: i32 {xpu.name = "n"}, %out: !host {xpu.name = "out", xpu.shape = ["4"], xpu.output}) {
  %c2 = arith.constant 2 : index
  %zero = arith.constant 0 : i32
  %hundred = arith.constant 100 : i32
  "xpu.constant"(%zero, %out) : (i32, !host) -> ()
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
