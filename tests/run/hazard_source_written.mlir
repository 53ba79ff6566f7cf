// llvm-project 58293: the source of a copy is written between the copy and its use.

!d = memref<?xi32, "device">
!h = memref<?xi32, "host">

func.func @source_written(%x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias}, %h: !h {xpu.name = "h", xpu.shape = ["B"], xpu.noalias}, %out: !d {xpu.name = "out", xpu.shape = ["B"], xpu.noalias, xpu.output}, %host_out: !h {xpu.name = "host_out", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %seven = arith.constant 7 : i32
  %B = memref.dim %x, %c0 : !d
  %tmp = "xpu.alloc"(%B) : (index) -> !d
  %host = "xpu.alloc"(%B) : (index) -> !h
  "xpu.copy"(%x, %tmp) : (!d, !d) -> ()
  "xpu.copy"(%h, %host) : (!h, !h) -> ()
  "xpu.constant"(%seven, %x) : (i32, !d) -> ()
  "xpu.constant"(%seven, %h) : (i32, !h) -> ()
  "xpu.copy"(%tmp, %out) : (!d, !d) -> ()
  "xpu.copy"(%host, %host_out) : (!h, !h) -> ()
  return
}
