// A column and a row make a table; a table of two dims is compared, chosen from and filled.

!col = memref<?x1xi32, "device">
!row = memref<1x3xi32, "device">
!tab = memref<?x3xi32, "device">
!mask = memref<?x3xi1, "device">

func.func @stretch(
    %x: !col {xpu.name = "x", xpu.shape = ["B", "1"]}, %y: !row {xpu.name = "y", xpu.shape = ["1", "3"]}, %k: i32 {xpu.name = "k"},
    %sum: !tab {xpu.name = "sum", xpu.shape = ["B", "3"], xpu.output}, %less: !mask {xpu.name = "less", xpu.shape = ["B", "3"], xpu.output},
    %out: !tab {xpu.name = "out", xpu.shape = ["B", "3"], xpu.output}) {
  "xpu.broadcast_add"(%x, %y, %sum) : (!col, !row, !tab) -> ()
  "xpu.compare"(%x, %y, %less) {predicate = "sle"} : (!col, !row, !mask) -> ()
  "xpu.constant"(%k, %out) : (i32, !tab) -> ()
  "xpu.select"(%less, %sum, %out, %out) : (!mask, !tab, !tab, !tab) -> ()
  return
}
