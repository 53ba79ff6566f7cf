//@ until: verify
// Addition wraps around.

func.func @buffer(%x: memref<?xi32, "device">, %y: memref<?xi32, "device">, %n: i32, %out: memref<?xi32, "device">) {
  "xpu.broadcast_add"(%x, %y, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%x, %n, %x) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @value(%x: tensor<?xi64, "host">, %n: i64) -> tensor<?xi64, "host"> {
  %0 = "xpu.broadcast_add"(%n, %x) : (i64, tensor<?xi64, "host">) -> tensor<?xi64, "host">
  return %0 : tensor<?xi64, "host">
}

// -----

// A dim of 1 stretches, in either operand.
func.func @stretch(%x: tensor<?x1xi32, "device">, %y: tensor<1x4xi32, "device">) -> tensor<?x4xi32, "device"> {
  %0 = "xpu.broadcast_add"(%x, %y) : (tensor<?x1xi32, "device">, tensor<1x4xi32, "device">) -> tensor<?x4xi32, "device">
  return %0 : tensor<?x4xi32, "device">
}

// -----

// A static dim and a dynamic one agree; the result may tell less.
func.func @refined(%x: tensor<8xi32, "device">, %y: tensor<?xi32, "device">) -> tensor<?xi32, "device"> {
  %0 = "xpu.broadcast_add"(%x, %y) : (tensor<8xi32, "device">, tensor<?xi32, "device">) -> tensor<8xi32, "device">
  %1 = "xpu.broadcast_add"(%x, %0) : (tensor<8xi32, "device">, tensor<8xi32, "device">) -> tensor<?xi32, "device">
  return %1 : tensor<?xi32, "device">
}

// -----

// Operands and out are parts of larger buffers.
func.func @slices(%x: memref<?xi32, strided<[1], offset: ?>, "device">, %y: memref<?xi32, strided<[1], offset: ?>, "device">, %out: memref<?xi32, strided<[1], offset: ?>, "device">) {
  "xpu.broadcast_add"(%x, %y, %out) : (memref<?xi32, strided<[1], offset: ?>, "device">, memref<?xi32, strided<[1], offset: ?>, "device">, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
  return
}
