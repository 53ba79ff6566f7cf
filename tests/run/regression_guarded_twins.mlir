// Two equal ops that can fail, under different conditions, became one that ran always: what neither branch asks for
// stopped the program.

!dev = memref<?xi32, "device">

func.func @guarded_twins(
    %x: !dev {xpu.name = "x", xpu.shape = ["n"]}, %i: !dev {xpu.name = "i", xpu.shape = ["n"]},
    %k: i32 {xpu.name = "k"}, %first: i1 {xpu.name = "first"}, %second: i1 {xpu.name = "second"},
    %a: !dev {xpu.name = "a", xpu.shape = ["n"], xpu.output, xpu.noalias},
    %b: !dev {xpu.name = "b", xpu.shape = ["n"], xpu.output, xpu.noalias},
    %c: !dev {xpu.name = "c", xpu.shape = ["n"], xpu.output, xpu.noalias}
) {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  "xpu.constant"(%zero, %a) : (i32, !dev) -> ()
  "xpu.constant"(%zero, %b) : (i32, !dev) -> ()
  "xpu.constant"(%zero, %c) : (i32, !dev) -> ()
  scf.if %first {
    "xpu.broadcast_floordiv"(%x, %k, %a) : (!dev, i32, !dev) -> ()
    "xpu.gather"(%x, %i, %c) : (!dev, !dev, !dev) -> ()
  }
  scf.if %second {
    "xpu.broadcast_floordiv"(%x, %k, %b) : (!dev, i32, !dev) -> ()
    "xpu.gather"(%x, %i, %c) : (!dev, !dev, !dev) -> ()
    "xpu.broadcast_add"(%c, %one, %c) : (!dev, i32, !dev) -> ()
  }
  return
}
