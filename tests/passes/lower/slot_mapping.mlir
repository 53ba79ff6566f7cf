//@ passes: lower
// Within a block of the cache slots are consecutive: one table entry for a run of tokens, no division for a token.

func.func @slot_mapping(%table: memref<?xi32, "device">, %lod: memref<?xi32, "device">, %start: memref<?xi32, "device">, %map: memref<?xi32, "device">, %columns: i32, %bs: i32, %out: memref<?xi32, "device">) {
  %pad = arith.constant -1 : i32
  "xpu.slot_mapping"(%table, %lod, %start, %map, %columns, %bs, %pad, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  return
}
