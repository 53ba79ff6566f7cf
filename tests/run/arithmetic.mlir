// Element-wise arithmetic, on the device and on the host, with arrays and scalars.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">

func.func @arithmetic(
    %x: !dev {xpu.name = "x", xpu.shape = ["B"]}, %y: !dev {xpu.name = "y", xpu.shape = ["B"]},
    %hx: !host {xpu.name = "hx", xpu.shape = ["B"]}, %hy: !host {xpu.name = "hy", xpu.shape = ["B"]},
    %k: i32 {xpu.name = "k"},
    %add: !dev {xpu.name = "add", xpu.shape = ["B"], xpu.output}, %sub: !dev {xpu.name = "sub", xpu.shape = ["B"], xpu.output},
    %mul: !dev {xpu.name = "mul", xpu.shape = ["B"], xpu.output}, %min: !dev {xpu.name = "min", xpu.shape = ["B"], xpu.output},
    %max: !dev {xpu.name = "max", xpu.shape = ["B"], xpu.output},
    %host_add: !host {xpu.name = "host_add", xpu.shape = ["B"], xpu.output}, %host_sub: !host {xpu.name = "host_sub", xpu.shape = ["B"], xpu.output},
    %host_mul: !host {xpu.name = "host_mul", xpu.shape = ["B"], xpu.output}, %host_min: !host {xpu.name = "host_min", xpu.shape = ["B"], xpu.output},
    %host_max: !host {xpu.name = "host_max", xpu.shape = ["B"], xpu.output}) {
  "xpu.broadcast_add"(%x, %y, %add) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_sub"(%k, %y, %sub) : (i32, !dev, !dev) -> ()
  "xpu.broadcast_mul"(%x, %k, %mul) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_min"(%x, %y, %min) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_max"(%x, %k, %max) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%hx, %hy, %host_add) : (!host, !host, !host) -> ()
  "xpu.broadcast_sub"(%k, %hy, %host_sub) : (i32, !host, !host) -> ()
  "xpu.broadcast_mul"(%hx, %k, %host_mul) : (!host, i32, !host) -> ()
  "xpu.broadcast_min"(%hx, %hy, %host_min) : (!host, !host, !host) -> ()
  "xpu.broadcast_max"(%hx, %k, %host_max) : (!host, i32, !host) -> ()
  return
}
