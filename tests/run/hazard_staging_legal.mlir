// A staging buffer that nothing else uses: transferred from where the content is.

!h = memref<?xi32, "host">
!d = memref<?xi32, "device">

func.func @staging_legal(
    %x: !h {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
    %a: !d {xpu.name = "a", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : !h
  %staging = "xpu.alloc"(%B) : (index) -> !h
  "xpu.copy"(%x, %staging) : (!h, !h) -> ()
  "xpu.h2d"(%staging, %a) : (!h, !d) -> ()
  "xpu.wait"() : () -> ()
  "xpu.free"(%staging) : (!h) -> ()
  return
}
