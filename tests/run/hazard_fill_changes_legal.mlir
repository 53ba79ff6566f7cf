// Nothing changes the fill: it is made where it is wanted.

!d = memref<?xi32, "device">

func.func @fill_changes_legal(
    %x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
    %out: !d {xpu.name = "out", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %seven = arith.constant 7 : i32
  %B = memref.dim %x, %c0 : !d
  %fill = "xpu.alloc"(%B) : (index) -> !d
  "xpu.constant"(%seven, %fill) : (i32, !d) -> ()
  "xpu.copy"(%fill, %out) : (!d, !d) -> ()
  "xpu.free"(%fill) : (!d) -> ()
  return
}
