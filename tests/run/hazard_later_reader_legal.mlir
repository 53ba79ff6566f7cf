// The old content has been read when it is overwritten: nothing is kept.

!h = memref<?xi32, "host">

func.func @later_reader_legal(
    %x: !h {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
    %y: !h {xpu.name = "y", xpu.shape = ["B"], xpu.noalias},
    %out: !h {xpu.name = "out", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1 : i32
  %B = memref.dim %x, %c0 : !h
  %old = "xpu.alloc"(%B) : (index) -> !h
  "xpu.copy"(%y, %old) : (!h, !h) -> ()
  "xpu.broadcast_add"(%old, %x, %out) : (!h, !h, !h) -> ()
  "xpu.broadcast_add"(%x, %one, %y) : (!h, i32, !h) -> ()
  "xpu.free"(%old) : (!h) -> ()
  return
}
