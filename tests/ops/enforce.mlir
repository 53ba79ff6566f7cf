//@ until: verify
// What a kernel has found, said by the host.

func.func @buffer(%verdict: memref<6xi32, "host">, %part: memref<?xi32, strided<[1], offset: ?>, "host">) {
  "xpu.enforce"(%verdict) {clause = 0 : i64, predicate = "sge", message = "seq_lens_encoder"} : (memref<6xi32, "host">) -> ()
  "xpu.enforce"(%verdict) {clause = 1 : i64, predicate = "eq", message = "rows of block_tables"} : (memref<6xi32, "host">) -> ()
  "xpu.enforce"(%part) {clause = 7 : i64, predicate = "ne", message = "step"} : (memref<?xi32, strided<[1], offset: ?>, "host">) -> ()
  return
}

// -----

func.func @value(%verdict: tensor<6xi32, "host">) {
  "xpu.enforce"(%verdict) {clause = 0 : i64, predicate = "slt", message = "row"} : (tensor<6xi32, "host">) -> ()
  return
}
