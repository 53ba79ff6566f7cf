//@ passes: infer-shapes
// `sum(lens)` is about what the caller gave. What was read after a write to the buffer used to count as that, too.

// The size of %4 is an unknown.
func.func @written(%lens: memref<?xi32, "host"> {xpu.name = "lens", xpu.shape = ["B"]}, %k: i32) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %lens, %c0 : memref<?xi32, "host">
  %fill = "xpu.constant"(%k, %B) : (i32, index) -> tensor<?xi32, "host">
  "xpu.into"(%fill, %lens) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  %0 = "xpu.read"(%lens) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.reduce_sum"(%0) : (tensor<?xi32, "host">) -> tensor<1xi32, "host">
  %2 = tensor.extract %1[%c0] : tensor<1xi32, "host">
  %3 = arith.index_cast %2 : i32 to index
  %4 = "xpu.constant"(%zero, %3) : (i32, index) -> tensor<?xi32, "device">
  return
}

// -----

// A write to a buffer that may be the same memory.
func.func @alias(%lens: memref<?xi32, "host"> {xpu.name = "lens", xpu.shape = ["B"]}, %other: memref<?xi32, "host"> {xpu.shape = ["B"]}, %k: i32) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %lens, %c0 : memref<?xi32, "host">
  %fill = "xpu.constant"(%k, %B) : (i32, index) -> tensor<?xi32, "host">
  "xpu.into"(%fill, %other) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  %0 = "xpu.read"(%lens) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.reduce_sum"(%0) : (tensor<?xi32, "host">) -> tensor<1xi32, "host">
  %2 = tensor.extract %1[%c0] : tensor<1xi32, "host">
  %3 = arith.index_cast %2 : i32 to index
  %4 = "xpu.constant"(%zero, %3) : (i32, index) -> tensor<?xi32, "device">
  return
}
