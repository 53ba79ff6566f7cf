//@ until: verify
// From host to device, blocking or until the next wait.

func.func @buffer(%s: memref<?xi32, "host">, %d: memref<?xi32, "device">, %flags: memref<?x4xi1, "host">, %e: memref<?x4xi1, "device">) {
  "xpu.h2d"(%s, %d) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  "xpu.h2d"(%flags, %e) : (memref<?x4xi1, "host">, memref<?x4xi1, "device">) -> ()
  "xpu.wait"() : () -> ()
  return
}

// -----

// Parts of larger buffers.
func.func @slices(%s: memref<?xi64, strided<[1], offset: ?>, "host">, %d: memref<?xi64, strided<[1], offset: ?>, "device">) {
  "xpu.h2d"(%s, %d) {blocking} : (memref<?xi64, strided<[1], offset: ?>, "host">, memref<?xi64, strided<[1], offset: ?>, "device">) -> ()
  return
}

// -----

func.func @value(%s: tensor<8xi32, "host">) -> tensor<?xi32, "device"> {
  %0 = "xpu.h2d"(%s) : (tensor<8xi32, "host">) -> tensor<?xi32, "device">
  return %0 : tensor<?xi32, "device">
}
