// A host buffer of the plan's own, into which a transfer under a condition is in flight: it used to be freed before the
// wait.

!h = memref<?xi32, "host">
!d = memref<?xi32, "device">

func.func @free_in_flight(
    %h0: !h {xpu.name = "h0", xpu.shape = ["B"], xpu.noalias}, %h1: !h {xpu.name = "h1", xpu.shape = ["B"]},
    %d0: !d {xpu.name = "d0", xpu.shape = ["B"], xpu.noalias}, %d1: !d {xpu.name = "d1", xpu.shape = ["B"], xpu.noalias},
    %k: i32 {xpu.name = "k"}, %c: i1 {xpu.name = "c"}, %e: i1 {xpu.name = "e"},
    %ho: !h {xpu.name = "ho", xpu.shape = ["B"], xpu.noalias, xpu.output}, %do: !d {xpu.name = "do", xpu.shape = ["B"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %h0, %c0 : !h
  %tmp = "xpu.alloc"(%B) : (index) -> !h
  "xpu.broadcast_add"(%h0, %k, %tmp) : (!h, i32, !h) -> ()
  "xpu.wait"() : () -> ()
  "xpu.h2d"(%h0, %do) {blocking} : (!h, !d) -> ()
  scf.if %e {
    "xpu.d2h"(%d0, %h1) {blocking} : (!d, !h) -> ()
  }
  "xpu.h2d"(%tmp, %d1) : (!h, !d) -> ()
  "xpu.wait"() : () -> ()
  scf.if %c {
    "xpu.d2h"(%d0, %ho) : (!d, !h) -> ()
  }
  "xpu.wait"() : () -> ()
  return
}
