//@ passes: raise
// Other views: casts, flat views, sizes.

// A cast of a value.
func.func @cast(%n: index, %x: memref<8xi32, "host">, %out: memref<8xi32, "host">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  %eight = memref.cast %tmp : memref<?xi32, "host"> to memref<8xi32, "host">
  "xpu.copy"(%x, %eight) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  "xpu.cumsum"(%tmp, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%eight, %out) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  return
}

// -----

// A flat view of the caller's table.
func.func @flat(%table: memref<?x?xi32, "device">, %index: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %flat = memref.collapse_shape %table [[0, 1]] : memref<?x?xi32, "device"> into memref<?xi32, "device">
  "xpu.gather"(%flat, %index, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The flat view and the table are the same memory: a write to one is seen through the other.
func.func @flat_write(%table: memref<2x4xi32, "host"> {xpu.noalias}, %out: memref<2x4xi32, "host"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  "xpu.copy"(%table, %out) : (memref<2x4xi32, "host">, memref<2x4xi32, "host">) -> ()
  %flat = memref.collapse_shape %table [[0, 1]] : memref<2x4xi32, "host"> into memref<8xi32, "host">
  "xpu.constant"(%c7, %flat) : (i32, memref<8xi32, "host">) -> ()
  "xpu.copy"(%table, %out) : (memref<2x4xi32, "host">, memref<2x4xi32, "host">) -> ()
  return
}

// -----

// A local buffer with a flat view stays memory.
func.func @flat_local(%x: memref<2x4xi32, "host">, %out: memref<8xi32, "host">) {
  %tmp = "xpu.alloc"() : () -> memref<2x4xi32, "host">
  "xpu.copy"(%x, %tmp) : (memref<2x4xi32, "host">, memref<2x4xi32, "host">) -> ()
  %flat = memref.collapse_shape %tmp [[0, 1]] : memref<2x4xi32, "host"> into memref<8xi32, "host">
  "xpu.cumsum"(%flat, %out) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  return
}

// -----

// Sizes of local buffers are what they were allocated with; those of arguments are asked.
func.func @dims(%n: index, %x: memref<?x4xi32, "host">) -> (index, index, index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %tmp = "xpu.alloc"(%n) : (index) -> memref<4x?xi32, "host">
  %a = memref.dim %tmp, %c0 : memref<4x?xi32, "host">
  %b = memref.dim %tmp, %c1 : memref<4x?xi32, "host">
  %c = memref.dim %x, %c0 : memref<?x4xi32, "host">
  %d = memref.dim %x, %c1 : memref<?x4xi32, "host">
  return %a, %b, %c, %d : index, index, index, index
}
