// A loop of upstream ops, which stays one: it fills a local buffer that is used afterwards.

!host = memref<?xi32, "host">

func.func @loop(%x: !host {xpu.name = "x", xpu.shape = ["B"]}, %out: !host {xpu.name = "out", xpu.shape = ["B"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %B = memref.dim %x, %c0 : !host
  %tmp = "xpu.alloc"(%B) : (index) -> !host
  "xpu.cumsum"(%x, %tmp) : (!host, !host) -> ()
  scf.for %i = %c0 to %B step %c1 {
    %a = memref.load %tmp[%i] : !host
    %b = memref.load %x[%i] : !host
    %s = arith.muli %a, %b : i32
    memref.store %s, %tmp[%i] : !host
  }
  "xpu.broadcast_add"(%tmp, %x, %out) : (!host, !host, !host) -> ()
  "xpu.free"(%tmp) : (!host) -> ()
  return
}
