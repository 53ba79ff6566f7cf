// Single elements: stored, loaded, and stored over.

!host = memref<?xi32, "host">
!info = memref<3xi32, "host">

func.func @elements(
    %x: !host {xpu.name = "x", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"}, %info: !info {xpu.name = "info", xpu.output},
    %copy: !host {xpu.name = "copy", xpu.shape = ["B"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %tmp = "xpu.alloc"() : () -> !info
  %first = memref.load %x[%c0] : !host
  memref.store %first, %tmp[%c0] : !info
  memref.store %k, %tmp[%c1] : !info
  memref.store %k, %x[%c0] : !host
  %changed = memref.load %x[%c0] : !host
  %sum = arith.addi %first, %changed : i32
  memref.store %sum, %tmp[%c2] : !info
  memref.store %first, %tmp[%c1] : !info
  "xpu.copy"(%tmp, %info) : (!info, !info) -> ()
  "xpu.copy"(%x, %copy) : (!host, !host) -> ()
  return
}
