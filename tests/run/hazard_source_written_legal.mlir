// The source is written after the last use of its copy: one copy is left of two.

!d = memref<?xi32, "device">

func.func @source_written_legal(
    %x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
    %out: !d {xpu.name = "out", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %seven = arith.constant 7 : i32
  %B = memref.dim %x, %c0 : !d
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  "xpu.copy"(%x, %tmp) : (!d, !d) -> ()
  "xpu.copy"(%tmp, %out) : (!d, !d) -> ()
  "xpu.constant"(%seven, %x) : (i32, !d) -> ()
  "xpu.free"(%tmp) : (!d) -> ()
  return
}
