//@ passes: lower
// On the device every op is a launch of a kernel.

// Elements are partitioned over all cores, 64 at a time.
func.func @elementwise(%x: memref<?xi32, "device">, %k: i32, %out: memref<?xi32, "device">) {
  "xpu.broadcast_floordiv"(%x, %k, %out) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

// A linear range of a table, taken apart into row and column.
func.func @rank2(%x: memref<?x4xi32, "device">, %y: memref<1x4xi32, "device">, %out: memref<?x4xi32, "device">) {
  "xpu.broadcast_max"(%x, %y, %out) : (memref<?x4xi32, "device">, memref<1x4xi32, "device">, memref<?x4xi32, "device">) -> ()
  return
}

// -----

// A scan is sequential: one core does it.
func.func @scan(%x: memref<?xi32, "device">, %lod: memref<?xi32, "device">) {
  "xpu.cumsum"(%x, %lod) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Each core looks for the rows of its own tokens.
func.func @expand(%lod: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  "xpu.expand"(%lod, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Two ops, two launches, two kernels.
func.func @two(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  "xpu.broadcast_add"(%x, %x, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.gather"(%x, %out, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
