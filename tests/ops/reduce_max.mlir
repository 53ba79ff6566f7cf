//@ until: verify
// A maximum is one element of the same type.

func.func @buffer(%x: memref<?xi32, "device">, %out: memref<1xi32, "device">) {
  "xpu.reduce_max"(%x, %out) : (memref<?xi32, "device">, memref<1xi32, "device">) -> ()
  return
}

// -----

func.func @value(%x: tensor<?xi64, "host">) -> tensor<1xi64, "host"> {
  %0 = "xpu.reduce_max"(%x) : (tensor<?xi64, "host">) -> tensor<1xi64, "host">
  return %0 : tensor<1xi64, "host">
}
