// PyTorch 197432, 184543: the destination is a part of the caller's buffer, seen flat, and what is written there is
// gathered from all of it.

!d = memref<?xi32, "device">
!table = memref<?x4xi32, "device">
!front = memref<?xi32, strided<[1]>, "device">

func.func @view_of_argument(
    %index: !d {xpu.name = "index", xpu.shape = ["B"], xpu.noalias},
    %table: !table {xpu.name = "table", xpu.shape = ["B", "4"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %index, %c0 : !d
  %flat = memref.collapse_shape %table [[0, 1]] : !table into !d
  %front = memref.subview %flat[0] [%B] [1] : !d to !front
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  "xpu.gather"(%flat, %index, %tmp) : (!d, !d, !d) -> ()
  "xpu.copy"(%tmp, %front) : (!d, !front) -> ()
  "xpu.free"(%tmp) : (!d) -> ()
  return
}
