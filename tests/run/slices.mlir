// Two arrays packed into one buffer, brought down with one transfer, and parts of it used; a part of the caller's
// buffer is written, the rest stays as it was.

!dev = memref<?xi32, "device">
!view = memref<?xi32, strided<[1], offset: ?>, "device">
!host = memref<?xi32, "host">
!hview = memref<?xi32, strided<[1], offset: ?>, "host">

func.func @slices(
    %a: !dev {xpu.name = "a", xpu.shape = ["B"]}, %b: !dev {xpu.name = "b", xpu.shape = ["B"]},
    %sums: !host {xpu.name = "sums", xpu.shape = ["B"], xpu.output}, %back: !dev {xpu.name = "back", xpu.shape = ["3*B"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %a, %c0 : !dev
  %B2 = arith.addi %B, %B : index
  %packed = "xpu.alloc"(%B2) : (index) -> !dev
  %low = memref.subview %packed[0] [%B] [1] : !dev to memref<?xi32, strided<[1]>, "device">
  %high = memref.subview %packed[%B] [%B] [1] : !dev to !view
  "xpu.copy"(%a, %low) : (!dev, memref<?xi32, strided<[1]>, "device">) -> ()
  "xpu.copy"(%b, %high) : (!dev, !view) -> ()
  %host = "xpu.alloc"(%B2) : (index) -> !host
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%packed, %host) {blocking} : (!dev, !host) -> ()
  %first = memref.subview %host[0] [%B] [1] : !host to memref<?xi32, strided<[1]>, "host">
  %second = memref.subview %host[%B] [%B] [1] : !host to !hview
  "xpu.broadcast_add"(%first, %second, %sums) : (memref<?xi32, strided<[1]>, "host">, !hview, !host) -> ()
  %middle = memref.subview %back[%B] [%B] [1] : !dev to !view
  "xpu.h2d"(%sums, %middle) {blocking} : (!host, !view) -> ()
  "xpu.free"(%packed) : (!dev) -> ()
  "xpu.free"(%host) : (!host) -> ()
  return
}
