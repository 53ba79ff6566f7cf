//@ until: verify
// A compaction keeps the length and the element type.

func.func @buffer(%x: memref<?xi32, "device">, %mask: memref<?xi1, "device">, %out: memref<?xi32, "device">) {
  "xpu.compact"(%x, %mask, %out) : (memref<?xi32, "device">, memref<?xi1, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @value(%x: tensor<8xi64, "host">, %mask: tensor<?xi1, "host">) -> tensor<8xi64, "host"> {
  %0 = "xpu.compact"(%x, %mask) : (tensor<8xi64, "host">, tensor<?xi1, "host">) -> tensor<8xi64, "host">
  return %0 : tensor<8xi64, "host">
}

// -----

// Of i1.
func.func @flags(%x: tensor<?xi1, "device">, %mask: tensor<?xi1, "device">) -> tensor<?xi1, "device"> {
  %0 = "xpu.compact"(%x, %mask) : (tensor<?xi1, "device">, tensor<?xi1, "device">) -> tensor<?xi1, "device">
  return %0 : tensor<?xi1, "device">
}

// -----

// Slices.
func.func @slices(%x: memref<?xi32, strided<[1], offset: ?>, "device">, %mask: memref<?xi1, strided<[1], offset: ?>, "device">, %out: memref<?xi32, strided<[1], offset: ?>, "device">) {
  "xpu.compact"(%x, %mask, %out) : (memref<?xi32, strided<[1], offset: ?>, "device">, memref<?xi1, strided<[1], offset: ?>, "device">, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
  return
}
