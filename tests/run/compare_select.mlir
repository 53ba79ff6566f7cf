// Masks, and choices by them; a mask is updated in place.

!dev = memref<?xi32, "device">
!mask = memref<?xi1, "device">

func.func @compare_select(
    %x: !dev {xpu.name = "x", xpu.shape = ["B"]}, %y: !dev {xpu.name = "y", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"}, %n: i1 {xpu.name = "flag"},
    %less: !mask {xpu.name = "less", xpu.shape = ["B"], xpu.output}, %both: !mask {xpu.name = "both", xpu.shape = ["B"], xpu.output},
    %picked: !dev {xpu.name = "picked", xpu.shape = ["B"], xpu.output}) {
  %false = arith.constant false
  "xpu.compare"(%x, %y, %less) {predicate = "slt"} : (!dev, !dev, !mask) -> ()
  "xpu.compare"(%x, %k, %both) {predicate = "ne"} : (!dev, i32, !mask) -> ()
  "xpu.select"(%less, %both, %n, %both) : (!mask, !mask, i1, !mask) -> ()
  "xpu.select"(%both, %x, %y, %picked) : (!mask, !dev, !dev, !dev) -> ()
  return
}
