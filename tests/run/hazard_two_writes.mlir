// vllm-ascend 8435: two writes to one buffer stay in order, also where the second covers a part of the first.

!d = memref<?xi32, "device">
!front = memref<?xi32, strided<[1]>, "device">

func.func @two_writes(%x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias}, %out: !d {xpu.name = "out", xpu.shape = ["2*B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %seven = arith.constant 7 : i32
  %nine = arith.constant 9 : i32
  %B = memref.dim %x, %c0 : !d
  %front = memref.subview %out[0] [%B] [1] : !d to !front
  "xpu.constant"(%seven, %out) : (i32, !d) -> ()
  "xpu.cumsum"(%x, %front) : (!d, !front) -> ()
  "xpu.broadcast_add"(%front, %nine, %front) : (!front, i32, !front) -> ()
  "xpu.constant"(%nine, %x) : (i32, !d) -> ()
  return
}
