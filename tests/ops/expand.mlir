//@ until: verify
// The row of every token, from a lod.

func.func @buffer(%lod: memref<?xi32, "device">, %wide: memref<?xi64, "host">, %a: memref<?xi32, "device">, %b: memref<?xi32, strided<[1], offset: ?>, "host">) {
  "xpu.expand"(%lod, %a) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.expand"(%wide, %b) : (memref<?xi64, "host">, memref<?xi32, strided<[1], offset: ?>, "host">) -> ()
  return
}

// -----

func.func @value(%lod: tensor<9xi32, "device">, %tokens: index) -> tensor<?xi32, "device"> {
  %0 = "xpu.expand"(%lod, %tokens) : (tensor<9xi32, "device">, index) -> tensor<?xi32, "device">
  return %0 : tensor<?xi32, "device">
}
