// Table and destination are parts of one buffer that do not overlap: gathered where it is wanted.

!d = memref<?xi32, "device">
!front = memref<?xi32, strided<[1]>, "device">
!back = memref<?xi32, strided<[1], offset: ?>, "device">

func.func @slices_of_one_legal(
    %index: !d {xpu.name = "index", xpu.shape = ["B"], xpu.noalias},
    %buffer: !d {xpu.name = "buffer", xpu.shape = ["2*B"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %index, %c0 : !d
  %table = memref.subview %buffer[0] [%B] [1] : !d to !front
  %back = memref.subview %buffer[%B] [%B] [1] : !d to !back
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  "xpu.gather"(%table, %index, %tmp) : (!front, !d, !d) -> ()
  "xpu.copy"(%tmp, %back) : (!d, !back) -> ()
  "xpu.free"(%tmp) : (!d) -> ()
  return
}
