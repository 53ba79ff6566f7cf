// Quotients are rounded to minus infinity; remainders have the sign of the divisor. Divisors of both signs.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">

func.func @division(
    %x: !dev {xpu.name = "x", xpu.shape = ["B"]}, %hx: !host {xpu.name = "hx", xpu.shape = ["B"]},
    %pos: !dev {xpu.name = "pos", xpu.shape = ["B"], xpu.output}, %pos_mod: !dev {xpu.name = "pos_mod", xpu.shape = ["B"], xpu.output},
    %neg: !host {xpu.name = "neg", xpu.shape = ["B"], xpu.output}, %neg_mod: !host {xpu.name = "neg_mod", xpu.shape = ["B"], xpu.output}) {
  %three = arith.constant 3 : i32
  %minus_three = arith.constant -3 : i32
  "xpu.broadcast_floordiv"(%x, %three, %pos) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mod"(%x, %three, %pos_mod) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_floordiv"(%hx, %minus_three, %neg) : (!host, i32, !host) -> ()
  "xpu.broadcast_mod"(%hx, %minus_three, %neg_mod) : (!host, i32, !host) -> ()
  return
}
