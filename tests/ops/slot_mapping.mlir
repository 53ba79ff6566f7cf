//@ until: verify
// The cache slot of every token.

func.func @buffer(%table: memref<?xi32, "device">, %lod: memref<?xi32, "device">, %start: memref<?xi32, "device">, %map: memref<?xi32, "device">, %columns: i32, %bs: i32, %pad: i32, %out: memref<?xi32, "device">) {
  "xpu.slot_mapping"(%table, %lod, %start, %map, %columns, %bs, %pad, %out)
    : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

// A table of two dims is made flat first; start and batch_map may be longer than the rows of the lod.
func.func @flat(%table: memref<8x16xi32, "host">, %lod: memref<5xi32, "host">, %start: memref<8xi32, "host">, %map: memref<4xi32, "host">, %bs: i32, %pad: i32, %out: memref<?xi32, strided<[1], offset: ?>, "host">) {
  %columns = arith.constant 16 : i32
  %flat = memref.collapse_shape %table [[0, 1]] : memref<8x16xi32, "host"> into memref<128xi32, "host">
  "xpu.slot_mapping"(%flat, %lod, %start, %map, %columns, %bs, %pad, %out)
    : (memref<128xi32, "host">, memref<5xi32, "host">, memref<8xi32, "host">, memref<4xi32, "host">, i32, i32, i32, memref<?xi32, strided<[1], offset: ?>, "host">) -> ()
  return
}

// -----

func.func @value(%table: tensor<?xi32, "device">, %lod: tensor<?xi32, "device">, %start: tensor<?xi32, "device">, %map: tensor<?xi32, "device">, %columns: i32, %bs: i32, %pad: i32, %tokens: index) -> tensor<?xi32, "device"> {
  %0 = "xpu.slot_mapping"(%table, %lod, %start, %map, %columns, %bs, %pad, %tokens)
    : (tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, i32, i32, i32, index) -> tensor<?xi32, "device">
  return %0 : tensor<?xi32, "device">
}
