//@ passes: infer-shapes
// What is returned has the declared shape.

// Declared as inferred.
func.func @lod(%x: memref<?xi32, "device"> {xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "lod", xpu.shape = ["B + 1"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.cumsum"(%0) {exclusive} : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = "xpu.materialize"(%1) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  return %2 : memref<?xi32, "device">
}

// -----

// Declared by the sum of an argument.
func.func @sum(%lens: memref<?xi32, "host"> {xpu.name = "lens", xpu.shape = ["B"]}) -> (memref<?xi32, "host"> {xpu.name = "tokens", xpu.shape = ["sum(lens)"]}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %0 = "xpu.read"(%lens) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.reduce_sum"(%0) : (tensor<?xi32, "host">) -> tensor<1xi32, "host">
  %2 = tensor.extract %1[%c0] : tensor<1xi32, "host">
  %3 = arith.index_cast %2 : i32 to index
  %4 = "xpu.constant"(%zero, %3) : (i32, index) -> tensor<?xi32, "host">
  %5 = "xpu.materialize"(%4) : (tensor<?xi32, "host">) -> memref<?xi32, "host">
  return %5 : memref<?xi32, "host">
}

// -----

// A symbol that no argument has names a size that only the program knows.
func.func @named(%n: index, %k: i32) -> (memref<?xi32, "host"> {xpu.name = "r", xpu.shape = ["T"]}) {
  %0 = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "host">
  %1 = "xpu.materialize"(%0) : (tensor<?xi32, "host">) -> memref<?xi32, "host">
  return %1 : memref<?xi32, "host">
}

// -----

// Nothing is declared.
func.func @undeclared(%n: index, %k: i32) -> memref<?xi32, "host"> {
  %0 = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "host">
  %1 = "xpu.materialize"(%0) : (tensor<?xi32, "host">) -> memref<?xi32, "host">
  return %1 : memref<?xi32, "host">
}
