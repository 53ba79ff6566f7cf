//@ until: verify
// A gather has the elements of its table and the shape of its index.

func.func @buffer(%table: memref<?xi64, "device">, %index: memref<?x4xi32, "device">, %out: memref<?x4xi64, "device">) {
  "xpu.gather"(%table, %index, %out) : (memref<?xi64, "device">, memref<?x4xi32, "device">, memref<?x4xi64, "device">) -> ()
  return
}

// -----

// Out is the index buffer.
func.func @in_place(%table: memref<?xi32, "device">, %index: memref<?xi32, "device">) {
  "xpu.gather"(%table, %index, %index) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Table, index and out are parts of larger buffers, here on the host.
func.func @slices(%table: memref<?xi1, strided<[1], offset: ?>, "host">, %index: memref<?xi32, strided<[1], offset: ?>, "host">, %out: memref<?xi1, strided<[1], offset: ?>, "host">) {
  "xpu.gather"(%table, %index, %out) : (memref<?xi1, strided<[1], offset: ?>, "host">, memref<?xi32, strided<[1], offset: ?>, "host">, memref<?xi1, strided<[1], offset: ?>, "host">) -> ()
  return
}

// -----

func.func @value(%table: tensor<?xi32, "device">, %index: tensor<?xi32, "device">) -> tensor<?xi32, "device"> {
  %0 = "xpu.gather"(%table, %index) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  return %0 : tensor<?xi32, "device">
}

// -----

// A static index and a dynamic result agree.
func.func @refined(%table: tensor<100xi64, "device">, %index: tensor<8xi32, "device">) -> tensor<?xi64, "device"> {
  %0 = "xpu.gather"(%table, %index) : (tensor<100xi64, "device">, tensor<8xi32, "device">) -> tensor<?xi64, "device">
  return %0 : tensor<?xi64, "device">
}
