//@ passes: infer-shapes
// Sizes that do not agree.

// The signature that FastDeploy's InferShape gave for slot_mapping_dec: block_size in place of num_speculative_tokens.
func.func @result(%x: memref<?xi32, "device"> {xpu.name = "lens", xpu.shape = ["B"]}, %bs: i32 {xpu.name = "block_size"}, %spec: i32 {xpu.name = "num_speculative_tokens"})
    -> (memref<?xi32, "device"> {xpu.name = "slot_mapping_dec", xpu.shape = ["B*(1 + block_size)"]}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %pad = arith.constant -1 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %s = arith.index_cast %spec : i32 to index
  %s1 = arith.addi %s, %c1 : index
  %n = arith.muli %B, %s1 : index
  %0 = "xpu.constant"(%pad, %n) : (i32, index) -> tensor<?xi32, "device">
  %1 = "xpu.materialize"(%0) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  // expected-error @below {{slot_mapping_dec: declared size B*block_size + B in dimension 0, the program yields B*num_speculative_tokens + B}}
  return %1 : memref<?xi32, "device">
}

// -----

// Declared as one more than it is.
func.func @result_constant(%x: memref<?xi32, "host"> {xpu.shape = ["B"]}) -> (memref<?xi32, "host"> {xpu.name = "r", xpu.shape = ["B + 1"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.materialize"(%0) : (tensor<?xi32, "host">) -> memref<?xi32, "host">
  // expected-error @below {{r: declared size B + 1 in dimension 0, the program yields B}}
  return %1 : memref<?xi32, "host">
}

// -----

// Declared as something, while the program alone knows the size.
func.func @result_unknown(%x: memref<?xi32, "host"> {xpu.shape = ["B"]}, %n: index, %k: i32) -> (memref<?xi32, "host"> {xpu.name = "r", xpu.shape = ["B"]}) {
  %0 = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "host">
  %1 = "xpu.materialize"(%0) : (tensor<?xi32, "host">) -> memref<?xi32, "host">
  // expected-error @below {{r: declared size B in dimension 0, the program yields }}
  return %1 : memref<?xi32, "host">
}

// -----

// Inputs of an op.
func.func @operands(%x: memref<?xi32, "host"> {xpu.shape = ["B"]}, %y: memref<?xi32, "host"> {xpu.shape = ["B + 1"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%y) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  // expected-error @below {{xpu.broadcast_add, operand 1: expected size B in dimension 0, found B + 1}}
  %2 = "xpu.broadcast_add"(%0, %1) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}

// -----

// A buffer and what is written into it.
func.func @into(%x: memref<?xi32, "host"> {xpu.shape = ["B"]}, %out: memref<?xi32, "host"> {xpu.shape = ["B"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.cumsum"(%0) {exclusive} : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  // expected-error @below {{xpu.into, dst: expected size B in dimension 0, found B + 1}}
  "xpu.into"(%1, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// One unknown cannot be two sizes.
func.func @unification(%x: memref<?xi32, "host">, %y: memref<?xi32, "host"> {xpu.shape = ["B"]}, %z: memref<?xi32, "host"> {xpu.shape = ["N"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%y) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %2 = "xpu.read"(%z) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %3 = "xpu.broadcast_add"(%0, %1) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  // expected-error @below {{xpu.broadcast_add, operand 1: expected size B in dimension 0, found N}}
  %4 = "xpu.broadcast_add"(%0, %2) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}

// -----

// A mask of another length than what it picks from.
func.func @compact(%x: memref<?xi32, "host"> {xpu.shape = ["B"]}, %mask: memref<?xi1, "host"> {xpu.shape = ["N"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%mask) : (memref<?xi1, "host">) -> tensor<?xi1, "host">
  // expected-error @below {{xpu.compact, operand 1: expected size B in dimension 0, found N}}
  %2 = "xpu.compact"(%0, %1) : (tensor<?xi32, "host">, tensor<?xi1, "host">) -> tensor<?xi32, "host">
  return
}

// -----

// A declared size that is no expression.
// expected-error @below {{x: xpu.shape: }}
func.func @declared(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["B +"]}) {
  return
}

// -----

// A declared size that only the analysis may name.
// expected-error @below {{x: xpu.shape: expected named symbols, found ?1}}
func.func @declared_unknown(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["?1"]}) {
  return
}

// -----

// A declared size that the type denies.
// expected-error @below {{x: expected size 4 in dimension 0, found 8}}
func.func @declared_static(%x: memref<8xi32, "host"> {xpu.name = "x", xpu.shape = ["4"]}) {
  return
}

// -----

// A symbol is any size: no type says which.
// expected-error @below {{x: expected size B in dimension 0, found 8}}
func.func @declared_symbol(%x: memref<8xi32, "host"> {xpu.name = "x", xpu.shape = ["B"]}) {
  return
}
