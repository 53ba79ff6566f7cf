// The table is another buffer: gathered, added and written in place, in one launch.

!d = memref<?xi32, "device">

func.func @reads_what_it_changes_legal(
    %x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
    %table: !d {xpu.name = "table", xpu.shape = ["N"], xpu.noalias},
    %index: !d {xpu.name = "index", xpu.shape = ["B"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : !d
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  "xpu.gather"(%table, %index, %tmp) : (!d, !d, !d) -> ()
  "xpu.broadcast_add"(%x, %tmp, %x) : (!d, !d, !d) -> ()
  "xpu.free"(%tmp) : (!d) -> ()
  return
}
