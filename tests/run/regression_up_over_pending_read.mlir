// A transfer up into a buffer that a transfer down has not finished reading: it used to be a blocking one, without a wait
// before it.

!h = memref<?xi32, "host">
!d = memref<?xi32, "device">

func.func @up_over_pending_read(
    %h: !h {xpu.name = "h", xpu.shape = ["B"], xpu.noalias}, %d: !d {xpu.name = "d", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"},
    %out: !h {xpu.name = "out", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %h, %c0 : !h
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  "xpu.broadcast_min"(%d, %k, %tmp) : (!d, i32, !d) -> ()
  "xpu.d2h"(%tmp, %out) : (!d, !h) -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%d, %out) {blocking} : (!d, !h) -> ()
  "xpu.h2d"(%h, %d) : (!h, !d) -> ()
  return
}
