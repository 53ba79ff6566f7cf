// Running sums and reductions, on the device and on the host.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">
!one = memref<1xi32, "device">
!wide = memref<1xi64, "host">

func.func @scans(
    %x: !dev {xpu.name = "x", xpu.shape = ["B"]}, %hx: !host {xpu.name = "hx", xpu.shape = ["B"]},
    %sums: !dev {xpu.name = "sums", xpu.shape = ["B"], xpu.output}, %lod: !dev {xpu.name = "lod", xpu.shape = ["B + 1"], xpu.output},
    %sum: !one {xpu.name = "sum", xpu.output}, %max: !one {xpu.name = "max", xpu.output},
    %host_sums: !host {xpu.name = "host_sums", xpu.shape = ["B"], xpu.output}, %host_lod: !host {xpu.name = "host_lod", xpu.shape = ["B + 1"], xpu.output},
    %wide: !wide {xpu.name = "wide", xpu.output}) {
  "xpu.cumsum"(%x, %sums) : (!dev, !dev) -> ()
  "xpu.cumsum"(%x, %lod) {exclusive} : (!dev, !dev) -> ()
  "xpu.reduce_sum"(%x, %sum) : (!dev, !one) -> ()
  "xpu.reduce_max"(%x, %max) : (!dev, !one) -> ()
  "xpu.cumsum"(%hx, %host_sums) : (!host, !host) -> ()
  "xpu.cumsum"(%hx, %host_lod) {exclusive} : (!host, !host) -> ()
  "xpu.reduce_sum"(%hx, %wide) : (!host, !wide) -> ()
  return
}
