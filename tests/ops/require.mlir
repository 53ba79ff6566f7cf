//@ until: verify
// Checks on what the host can see.

// Scalars; an index compares with an index.
func.func @scalars(%a: i32, %b: i64, %dim: index) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i64
  %rows = arith.constant 128 : index
  "xpu.require"(%a, %c0) {predicate = "sgt", message = "block_size"} : (i32, i32) -> ()
  "xpu.require"(%b, %c1) {predicate = "ne", message = "step"} : (i64, i64) -> ()
  "xpu.require"(%dim, %rows) {predicate = "sle", message = "rows of block_tables"} : (index, index) -> ()
  return
}

// -----

// Every element of an array, against a scalar or its twin.
func.func @buffer(%lens: memref<?xi32, "host">, %limits: memref<?xi32, "host">, %part: memref<?xi64, strided<[1], offset: ?>, "host">, %n: i64) {
  %c0 = arith.constant 0 : i32
  "xpu.require"(%lens, %c0) {predicate = "sge", message = "seq_lens_encoder"} : (memref<?xi32, "host">, i32) -> ()
  "xpu.require"(%lens, %limits) {predicate = "slt", message = "seq_lens_encoder"} : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.require"(%part, %n) {predicate = "eq", message = "part"} : (memref<?xi64, strided<[1], offset: ?>, "host">, i64) -> ()
  return
}

// -----

func.func @value(%lens: tensor<?xi32, "host">, %limits: tensor<8xi32, "host">) {
  "xpu.require"(%lens, %limits) {predicate = "slt", message = "seq_lens_encoder"} : (tensor<?xi32, "host">, tensor<8xi32, "host">) -> ()
  return
}
