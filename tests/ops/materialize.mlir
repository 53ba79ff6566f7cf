//@ until: verify
// A value in a fresh buffer.

func.func @materialize(%value: tensor<?xi32, "device">, %flags: tensor<?x4xi1, "host">) -> memref<?xi32, "device"> {
  %0 = "xpu.materialize"(%value) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  %1 = "xpu.materialize"(%flags) : (tensor<?x4xi1, "host">) -> memref<?x4xi1, "host">
  return %0 : memref<?xi32, "device">
}
