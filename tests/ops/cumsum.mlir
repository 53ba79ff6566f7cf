//@ until: verify
// Running sums, as many as there are elements or, exclusive, one more.

func.func @buffer(%x: memref<?xi32, "device">, %y: memref<8xi64, "host">, %lod: memref<9xi64, "host">, %out: memref<?xi32, "device">) {
  "xpu.cumsum"(%x, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.cumsum"(%out, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.cumsum"(%y, %lod) {exclusive} : (memref<8xi64, "host">, memref<9xi64, "host">) -> ()
  return
}

// -----

func.func @value(%x: tensor<8xi32, "device">) -> tensor<9xi32, "device"> {
  %0 = "xpu.cumsum"(%x) : (tensor<8xi32, "device">) -> tensor<8xi32, "device">
  %1 = "xpu.cumsum"(%0) {exclusive} : (tensor<8xi32, "device">) -> tensor<9xi32, "device">
  return %1 : tensor<9xi32, "device">
}

// -----

// Slices.
func.func @slices(%x: memref<?xi32, strided<[1], offset: ?>, "device">, %out: memref<?xi32, strided<[1], offset: ?>, "device">) {
  "xpu.cumsum"(%x, %out) {exclusive} : (memref<?xi32, strided<[1], offset: ?>, "device">, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
  return
}
