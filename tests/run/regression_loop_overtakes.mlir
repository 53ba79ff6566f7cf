// A loop that nobody looks into changes %x, which holds a value that was computed in place and is used by an op before the
// loop. The op used to be computed after it.

!h = memref<?xi32, "host">

func.func @loop_overtakes(%x: !h {xpu.name = "x", xpu.shape = ["B"]}, %y: !h {xpu.name = "y", xpu.shape = ["B"]}) -> (!h {xpu.name = "r", xpu.shape = ["B"]}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %three = arith.constant 3 : i32
  %B = memref.dim %x, %c0 : !h
  "xpu.cumsum"(%x, %x) : (!h, !h) -> ()
  %sum = "xpu.alloc"(%B) : (index) -> !h
  "xpu.broadcast_add"(%x, %y, %sum) : (!h, !h, !h) -> ()
  scf.for %i = %c0 to %B step %c1 {
    %a = memref.load %x[%i] : !h
    %b = arith.addi %a, %three : i32
    memref.store %b, %x[%i] : !h
  }
  return %sum : !h
}
