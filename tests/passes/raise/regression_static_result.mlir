//@ passes: raise
// `range`, `expand` and `slot_mapping` take a size also where the type of their result states it; into a buffer of a
// static size, raise used to leave it out.

func.func @range(%out: memref<8xi32, "host">) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  "xpu.range"(%c0, %c1, %out) : (i32, i32, memref<8xi32, "host">) -> ()
  return
}

// -----

func.func @expand(%lod: memref<?xi32, "host">, %out: memref<8xi32, "host">) {
  "xpu.expand"(%lod, %out) : (memref<?xi32, "host">, memref<8xi32, "host">) -> ()
  return
}

// -----

func.func @slot_mapping(%table: memref<?xi32, "device">, %lod: memref<?xi32, "device">, %start: memref<?xi32, "device">, %map: memref<?xi32, "device">, %columns: i32, %bs: i32, %out: memref<8xi32, "device">) {
  %pad = arith.constant -1 : i32
  "xpu.slot_mapping"(%table, %lod, %start, %map, %columns, %bs, %pad, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i32, memref<8xi32, "device">) -> ()
  return
}

// -----

// The size of a constant is only for dims that the type leaves open.
func.func @constant(%k: i32, %out: memref<8xi32, "host">) {
  "xpu.constant"(%k, %out) : (i32, memref<8xi32, "host">) -> ()
  return
}
