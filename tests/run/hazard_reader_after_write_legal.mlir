// The reader wants what was there before the write, and comes first: no copy.

!d = memref<?xi32, "device">

func.func @reader_after_write_legal(
    %x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
    %out: !d {xpu.name = "out", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %seven = arith.constant 7 : i32
  %B = memref.dim %x, %c0 : !d
  %old = "xpu.alloc"(%B) : (index) -> !d
  "xpu.copy"(%x, %old) : (!d, !d) -> ()
  "xpu.cumsum"(%old, %out) : (!d, !d) -> ()
  "xpu.constant"(%seven, %x) : (i32, !d) -> ()
  "xpu.free"(%old) : (!d) -> ()
  return
}
