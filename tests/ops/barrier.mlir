//@ until: verify
// Where the cores of a cluster wait for each other.

// In a kernel, at any depth.
func.func @kernel(%cluster: index, %core: index, %n: index, %x: memref<64xi32, "device">) attributes {xpu.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %shared = "xpu.alloc"() : () -> memref<64xi32, "shared">
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %x[%core] : memref<64xi32, "device">
    memref.store %v, %shared[%core] : memref<64xi32, "shared">
    "xpu.barrier"() : () -> ()
  }
  "xpu.barrier"() : () -> ()
  return
}
