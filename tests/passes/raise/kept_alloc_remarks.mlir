//@ passes: raise
//@ show: remarks
// A local buffer that stays memory is no unknown op: the only op to blame is the one that holds it.

func.func private @unknown(memref<?xi32, "host">)
func.func @given(%n: index) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  func.call @unknown(%tmp) : (memref<?xi32, "host">) -> ()
  return
}
