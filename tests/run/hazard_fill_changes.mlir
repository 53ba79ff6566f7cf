// tt-mlir 4107: a fill that a later write changes is no constant, on the host or on the device.

!h = memref<?xi32, "host">
!d = memref<?xi32, "device">
!cell = memref<1xi32, "host">
!front = memref<?xi32, strided<[1]>, "device">

func.func @fill_changes(%x: !d {xpu.name = "x", xpu.shape = ["B"], xpu.noalias}, %k: i32 {xpu.name = "k"}, %sum: !cell {xpu.name = "sum", xpu.noalias, xpu.output}, %out: !d {xpu.name = "out", xpu.shape = ["2*B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %seven = arith.constant 7 : i32
  %B = memref.dim %x, %c0 : !d
  %B2 = arith.addi %B, %B : index
  %host = "xpu.alloc"(%c2) : (index) -> !h
  "xpu.constant"(%seven, %host) : (i32, !h) -> ()
  memref.store %k, %host[%c0] : !h
  "xpu.reduce_sum"(%host, %sum) : (!h, !cell) -> ()
  %fill = "xpu.alloc"(%B2) : (index) -> !d
  "xpu.constant"(%seven, %fill) : (i32, !d) -> ()
  %front = memref.subview %fill[0] [%B] [1] : !d to !front
  "xpu.cumsum"(%x, %front) : (!d, !front) -> ()
  "xpu.copy"(%fill, %out) : (!d, !d) -> ()
  return
}
