//@ until: verify
// From device to host, blocking or until the next wait.

func.func @buffer(%s: memref<?xi32, "device">, %d: memref<?xi32, "host">, %flags: memref<?x4xi1, "device">, %e: memref<?x4xi1, "host">) {
  "xpu.d2h"(%s, %d) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  "xpu.d2h"(%flags, %e) : (memref<?x4xi1, "device">, memref<?x4xi1, "host">) -> ()
  "xpu.wait"() : () -> ()
  return
}

// -----

// Parts of larger buffers.
func.func @slices(%s: memref<?xi64, strided<[1], offset: ?>, "device">, %d: memref<?xi64, strided<[1], offset: ?>, "host">) {
  "xpu.d2h"(%s, %d) {blocking} : (memref<?xi64, strided<[1], offset: ?>, "device">, memref<?xi64, strided<[1], offset: ?>, "host">) -> ()
  return
}

// -----

func.func @value(%s: tensor<8xi32, "device">) -> tensor<?xi32, "host"> {
  %0 = "xpu.d2h"(%s) : (tensor<8xi32, "device">) -> tensor<?xi32, "host">
  return %0 : tensor<?xi32, "host">
}
