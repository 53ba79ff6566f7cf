//@ passes: infer-shapes
// The sum of an argument's elements is a size: `sum(lens)`.

// Of the argument itself, brought to the host or not.
func.func @whole(%lens: memref<?xi32, "device"> {xpu.name = "lens", xpu.shape = ["B"]}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %0 = "xpu.read"(%lens) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.d2h"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  %2 = "xpu.reduce_sum"(%1) : (tensor<?xi32, "host">) -> tensor<1xi32, "host">
  %3 = tensor.extract %2[%c0] : tensor<1xi32, "host">
  %4 = arith.index_cast %3 : i32 to index
  %5 = "xpu.constant"(%zero, %4) : (i32, index) -> tensor<?xi32, "device">
  return
}

// -----

// Of a part of a packed buffer that holds the argument.
func.func @packed(%a: memref<?xi32, "device"> {xpu.name = "a", xpu.shape = ["B"]}, %b: memref<?xi32, "device"> {xpu.name = "b", xpu.shape = ["B"]}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %a, %c0 : memref<?xi32, "device">
  %B2 = arith.addi %B, %B : index
  %0 = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = tensor.empty(%B2) : tensor<?xi32, "device">
  %3 = tensor.insert_slice %0 into %2[%c0] [%B] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %4 = tensor.insert_slice %1 into %3[%B] [%B] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %5 = "xpu.d2h"(%4) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  %6 = tensor.extract_slice %5[%c0] [%B] [1] : tensor<?xi32, "host"> to tensor<?xi32, "host">
  %7 = "xpu.reduce_sum"(%6) : (tensor<?xi32, "host">) -> tensor<1xi32, "host">
  %8 = tensor.extract %7[%c0] : tensor<1xi32, "host">
  %9 = arith.index_cast %8 : i32 to index
  %10 = "xpu.constant"(%zero, %9) : (i32, index) -> tensor<?xi32, "device">
  return
}

// -----

// Not of something computed from the argument: an unknown.
func.func @computed(%lens: memref<?xi32, "host"> {xpu.name = "lens", xpu.shape = ["B"]}, %k: i32) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %0 = "xpu.read"(%lens) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.broadcast_max"(%0, %k) : (tensor<?xi32, "host">, i32) -> tensor<?xi32, "host">
  %2 = "xpu.reduce_sum"(%1) : (tensor<?xi32, "host">) -> tensor<1xi32, "host">
  %3 = tensor.extract %2[%c0] : tensor<1xi32, "host">
  %4 = arith.index_cast %3 : i32 to index
  %5 = "xpu.constant"(%zero, %4) : (i32, index) -> tensor<?xi32, "device">
  return
}

// -----

// Not of a part of the argument.
func.func @part(%lens: memref<?xi32, "host"> {xpu.name = "lens", xpu.shape = ["B"]}, %n: index) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %0 = "xpu.read"(%lens) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = tensor.extract_slice %0[%c0] [%n] [1] : tensor<?xi32, "host"> to tensor<?xi32, "host">
  %2 = "xpu.reduce_sum"(%1) : (tensor<?xi32, "host">) -> tensor<1xi32, "host">
  %3 = tensor.extract %2[%c0] : tensor<1xi32, "host">
  %4 = arith.index_cast %3 : i32 to index
  %5 = "xpu.constant"(%zero, %4) : (i32, index) -> tensor<?xi32, "device">
  return
}

// -----

// Not where what was inserted has been overwritten: the second insert covers the first.
func.func @overwritten(%a: memref<?xi32, "host"> {xpu.name = "a", xpu.shape = ["B"]}, %b: memref<?xi32, "host"> {xpu.name = "b", xpu.shape = ["B"]}, %n: index) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %a, %c0 : memref<?xi32, "host">
  %0 = "xpu.read"(%a) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%b) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %2 = tensor.empty(%n) : tensor<?xi32, "host">
  %3 = tensor.insert_slice %0 into %2[%c0] [%B] [1] : tensor<?xi32, "host"> into tensor<?xi32, "host">
  %4 = tensor.insert_slice %1 into %3[%n] [%B] [1] : tensor<?xi32, "host"> into tensor<?xi32, "host">
  %5 = tensor.extract_slice %4[%c0] [%B] [1] : tensor<?xi32, "host"> to tensor<?xi32, "host">
  %6 = "xpu.reduce_sum"(%5) : (tensor<?xi32, "host">) -> tensor<1xi32, "host">
  %7 = tensor.extract %6[%c0] : tensor<1xi32, "host">
  %8 = arith.index_cast %7 : i32 to index
  %9 = "xpu.constant"(%zero, %8) : (i32, index) -> tensor<?xi32, "host">
  return
}
