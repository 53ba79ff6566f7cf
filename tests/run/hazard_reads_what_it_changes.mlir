// PyTorch 198260, 198031: add(x, gather(x, i)) -> x reads elements that it has changed, unless all are gathered first.

!d = memref<?xi32, "device">

func.func @reads_what_it_changes(%x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias}, %index: !d {xpu.name = "index", xpu.shape = ["B"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : !d
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  "xpu.gather"(%x, %index, %tmp) : (!d, !d, !d) -> ()
  "xpu.broadcast_add"(%x, %tmp, %x) : (!d, !d, !d) -> ()
  "xpu.free"(%tmp) : (!d) -> ()
  return
}
