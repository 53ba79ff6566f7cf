//@ until: verify
// Multiplication wraps around.

func.func @buffer(%x: memref<?xi32, "device">, %y: memref<?xi32, "device">, %n: i32, %out: memref<?xi32, "device">) {
  "xpu.broadcast_mul"(%x, %y, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.broadcast_mul"(%x, %n, %x) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @value(%x: tensor<?xi64, "host">, %n: i64) -> tensor<?xi64, "host"> {
  %0 = "xpu.broadcast_mul"(%n, %x) : (i64, tensor<?xi64, "host">) -> tensor<?xi64, "host">
  return %0 : tensor<?xi64, "host">
}
