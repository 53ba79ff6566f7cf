// Sums that cancel, in part or altogether, and a constant whose size only an array tells.

!dev = memref<?xi32, "device">

func.func @sums(
    %in: !dev {xpu.name = "x", xpu.shape = ["n"]}, %other: !dev {xpu.name = "y", xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"},
    %a: !dev {xpu.name = "a", xpu.shape = ["n"], xpu.output, xpu.noalias},
    %b: !dev {xpu.name = "b", xpu.shape = ["n"], xpu.output, xpu.noalias},
    %c: !dev {xpu.name = "c", xpu.shape = ["n"], xpu.output, xpu.noalias},
    %d: !dev {xpu.name = "d", xpu.shape = ["n"], xpu.output, xpu.noalias}
) {
  %two = arith.constant 2 : i32
  // (x + y) - y
  "xpu.broadcast_add"(%in, %other, %a) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_sub"(%a, %other, %a) : (!dev, !dev, !dev) -> ()
  // x - x
  "xpu.broadcast_sub"(%in, %in, %b) : (!dev, !dev, !dev) -> ()
  // ((x + y) * k - y * k) + x
  "xpu.broadcast_add"(%other, %in, %c) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_mul"(%c, %k, %c) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mul"(%other, %k, %d) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_sub"(%c, %d, %c) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_add"(%c, %in, %c) : (!dev, !dev, !dev) -> ()
  // (x * 2 + y * -1) + (y - x)
  "xpu.broadcast_mul"(%in, %two, %d) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_sub"(%d, %other, %d) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_add"(%d, %other, %d) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_sub"(%d, %in, %d) : (!dev, !dev, !dev) -> ()
  return
}
