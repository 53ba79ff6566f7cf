// llvm-project 213241: the destination is read again later. %y is overwritten, and its old content added to the new.

!h = memref<?xi32, "host">

func.func @later_reader(%x: !h {xpu.name = "x", xpu.shape = ["B"], xpu.noalias}, %y: !h {xpu.name = "y", xpu.shape = ["B"], xpu.noalias}, %out: !h {xpu.name = "out", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1 : i32
  %B = memref.dim %x, %c0 : !h
  %old = "xpu.alloc"(%B) : (index) -> !h
  "xpu.copy"(%y, %old) : (!h, !h) -> ()
  "xpu.broadcast_add"(%x, %one, %y) : (!h, i32, !h) -> ()
  "xpu.broadcast_add"(%old, %y, %out) : (!h, !h, !h) -> ()
  return
}
