func.func @f(%x: memref<?xi32, "device">, %y: memref<?xi64, "device">, %z: memref<?xi32, "host">) {
  "xpu.copy"(%x, %y) : (memref<?xi32, "device">, memref<?xi64, "device">) -> ()
  "xpu.copy"(%x, %z) : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  return
}
