// A gather into its index: each element is read where the result is written.

!d = memref<?xi32, "device">

func.func @gather_into_table_legal(
    %table: !d {xpu.name = "table", xpu.shape = ["N"], xpu.noalias},
    %index: !d {xpu.name = "index", xpu.shape = ["B"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %index, %c0 : !d
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  "xpu.gather"(%table, %index, %tmp) : (!d, !d, !d) -> ()
  "xpu.copy"(%tmp, %index) : (!d, !d) -> ()
  "xpu.free"(%tmp) : (!d) -> ()
  return
}
