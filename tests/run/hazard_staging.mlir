// TensorRT-LLM nvbug 6293536: a host staging buffer that is used again. Each transfer has the content of its time, and
// so have the two that come down into it.

!h = memref<?xi32, "host">
!d = memref<?xi32, "device">

func.func @staging(%x: !h {xpu.name = "x", xpu.shape = ["B"], xpu.noalias}, %a: !d {xpu.name = "a", xpu.shape = ["B"], xpu.noalias, xpu.output}, %b: !d {xpu.name = "b", xpu.shape = ["B"], xpu.noalias, xpu.output}, %back: !h {xpu.name = "back", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %seven = arith.constant 7 : i32
  %B = memref.dim %x, %c0 : !h
  %staging = "xpu.alloc"(%B) : (index) -> !h
  "xpu.copy"(%x, %staging) : (!h, !h) -> ()
  "xpu.h2d"(%staging, %a) : (!h, !d) -> ()
  "xpu.wait"() : () -> ()
  "xpu.broadcast_add"(%staging, %seven, %staging) : (!h, i32, !h) -> ()
  "xpu.h2d"(%staging, %b) : (!h, !d) -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%a, %staging) : (!d, !h) -> ()
  "xpu.wait"() : () -> ()
  "xpu.copy"(%staging, %back) : (!h, !h) -> ()
  "xpu.d2h"(%b, %staging) : (!d, !h) -> ()
  "xpu.wait"() : () -> ()
  "xpu.broadcast_mul"(%back, %staging, %back) : (!h, !h, !h) -> ()
  "xpu.free"(%staging) : (!h) -> ()
  return
}
