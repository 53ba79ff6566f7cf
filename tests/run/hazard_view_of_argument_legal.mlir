// The destination is a part of the caller's buffer, seen flat: written there without a copy, and nowhere else.

!d = memref<?xi32, "device">
!table = memref<?x4xi32, "device">
!front = memref<?xi32, strided<[1]>, "device">

func.func @view_of_argument_legal(%x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias}, %table: !table {xpu.name = "table", xpu.shape = ["B", "4"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : !d
  %flat = memref.collapse_shape %table [[0, 1]] : !table into !d
  %front = memref.subview %flat[0] [%B] [1] : !d to !front
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  "xpu.cumsum"(%x, %tmp) : (!d, !d) -> ()
  "xpu.copy"(%tmp, %front) : (!d, !front) -> ()
  return
}
