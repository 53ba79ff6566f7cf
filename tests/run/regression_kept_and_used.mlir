// Seed 23 of the random programs: what a choice leaves in place was read once more, by the same launch, after it had
// been written.
!h = memref<?xi32, "host">
!d = memref<?xi32, "device">
!cell = memref<1xi32, "host">
!dcell = memref<1xi32, "device">
func.func @f(%k: i32 {xpu.name = "k"}, %c: i1 {xpu.name = "c"}, %e: i1 {xpu.name = "e"},
    %h0: !h {xpu.name = "h0", xpu.shape = ["B"], xpu.noalias},
    %h1: !h {xpu.name = "h1", xpu.shape = ["B"]},
    %d0: !d {xpu.name = "d0", xpu.shape = ["B"], xpu.noalias},
    %d1: !d {xpu.name = "d1", xpu.shape = ["B"]},
    %do: !d {xpu.name = "do", xpu.shape = ["B"], xpu.output}) -> (!h {xpu.name = "r", xpu.shape = ["B"]}, !d {xpu.name = "s", xpu.shape = ["B"]}) {
  %i0 = arith.constant 0 : index
  %i1 = arith.constant 1 : index
  %three = arith.constant 3 : i32
  %B = memref.dim %h0, %i0 : !h
  %cell1 = "xpu.alloc"() : () -> !cell
  "xpu.reduce_sum"(%h1, %cell1) : (!h, !cell) -> ()
  %v2 = memref.load %cell1[%i0] : !cell
  "xpu.copy"(%d1, %do) : (!d, !d) -> ()
  %b3 = "xpu.alloc"(%B) : (index) -> !d
  "xpu.constant"(%v2, %b3) : (i32, !d) -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%d1, %h1) {blocking} : (!d, !h) -> ()
  %b4 = "xpu.alloc"(%B) : (index) -> !h
  "xpu.d2h"(%d0, %b4) {blocking} : (!d, !h) -> ()
  %t6 = "xpu.alloc"(%B) : (index) -> !h
  %size5 = arith.addi %B, %i1 : index
  "xpu.broadcast_mod"(%b4, %three, %t6) : (!h, i32, !h) -> ()
  %t7 = "xpu.alloc"(%size5) : (index) -> !h
  "xpu.cumsum"(%t6, %t7) {exclusive} : (!h, !h) -> ()
  %v8 = memref.load %t7[%B] : !h
  %size9 = arith.index_cast %v8 : i32 to index
  %t10 = "xpu.alloc"(%size9) : (index) -> !h
  %t11 = "xpu.alloc"(%size9) : (index) -> !h
  %t12 = "xpu.alloc"(%size9) : (index) -> !h
  "xpu.expand"(%t7, %t10) : (!h, !h) -> ()
  "xpu.gather"(%t7, %t10, %t11) : (!h, !h, !h) -> ()
  "xpu.broadcast_sub"(%t11, %t10, %t12) : (!h, !h, !h) -> ()
  %cell13 = "xpu.alloc"() : () -> !cell
  scf.if %c {
    "xpu.h2d"(%b4, %do) : (!h, !d) -> ()
  } else {
    scf.if %c {
    } else {
      "xpu.broadcast_add"(%b3, %do, %do) : (!d, !d, !d) -> ()
    }
  }
  %t20 = "xpu.alloc"(%B) : (index) -> !d
  "xpu.cumsum"(%d1, %t20) : (!d, !d) -> ()
  %cell22 = "xpu.alloc"() : () -> !dcell
  "xpu.broadcast_sub"(%do, %k, %d0) : (!d, i32, !d) -> ()
  %r = "xpu.alloc"(%B) : (index) -> !h
  %s = "xpu.alloc"(%B) : (index) -> !d
  return %r, %s : !h, !d
}
