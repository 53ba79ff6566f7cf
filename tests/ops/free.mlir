//@ until: verify
// What was allocated is freed.

func.func @free(%n: index) {
  %0 = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.free"(%0) : (memref<?xi32, "device">) -> ()
  return
}
