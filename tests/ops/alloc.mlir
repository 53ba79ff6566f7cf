//@ until: verify
// A fresh dense buffer, in any space.

func.func @alloc(%n: index, %k: index) {
  %0 = "xpu.alloc"() : () -> memref<7xi32, "host">
  %1 = "xpu.alloc"(%n) : (index) -> memref<?xi1, "device">
  %2 = "xpu.alloc"(%n, %k) : (index, index) -> memref<?x4x?xi64, "device">
  %3 = "xpu.alloc"() : () -> memref<64xi32, "shared">
  %4 = "xpu.alloc"() : () -> memref<64xi32, "local">
  return
}

// -----

// The declared size of the result tells what the index says.
func.func @shape(%n: index) {
  %0 = "xpu.alloc"(%n) {xpu.shape = ["B + 1"]} : (index) -> memref<?xi32, "device">
  return
}
