//@ passes: infer-shapes
// What each op makes of the sizes of its inputs.

// Declared symbols come with the arguments; an op that keeps the size keeps the symbol.
func.func @same_size(%x: memref<?xi32, "device"> {xpu.shape = ["B"]}, %k: i32) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.broadcast_add"(%0, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %2 = "xpu.compare"(%1, %k) {predicate = "sgt"} : (tensor<?xi32, "device">, i32) -> tensor<?xi1, "device">
  %3 = "xpu.select"(%2, %0, %k) : (tensor<?xi1, "device">, tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %4 = "xpu.compact"(%3, %2) : (tensor<?xi32, "device">, tensor<?xi1, "device">) -> tensor<?xi32, "device">
  %5 = "xpu.d2h"(%4) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  %6 = "xpu.cumsum"(%5) : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}

// -----

// A lod has one element more.
func.func @lod(%x: memref<?xi32, "device"> {xpu.shape = ["B"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.cumsum"(%0) {exclusive} : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

// A gather has the shape of its index.
func.func @gather(%table: memref<?xi32, "device"> {xpu.shape = ["N"]}, %index: memref<?x?xi32, "device"> {xpu.shape = ["B", "1 + K"]}) {
  %0 = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%index) : (memref<?x?xi32, "device">) -> tensor<?x?xi32, "device">
  %2 = "xpu.gather"(%0, %1) : (tensor<?xi32, "device">, tensor<?x?xi32, "device">) -> tensor<?x?xi32, "device">
  return
}

// -----

// A reduction has one element; a dim of size 1 stretches.
func.func @stretch(%x: memref<?xi32, "device"> {xpu.shape = ["B"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.reduce_max"(%0) : (tensor<?xi32, "device">) -> tensor<1xi32, "device">
  %2 = "xpu.broadcast_sub"(%1, %0) : (tensor<1xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

// Both sides stretch.
func.func @outer(%x: memref<?x1xi32, "host"> {xpu.shape = ["B", "1"]}, %y: memref<1x?xi32, "host"> {xpu.shape = ["1", "N"]}) {
  %0 = "xpu.read"(%x) : (memref<?x1xi32, "host">) -> tensor<?x1xi32, "host">
  %1 = "xpu.read"(%y) : (memref<1x?xi32, "host">) -> tensor<1x?xi32, "host">
  %2 = "xpu.broadcast_mul"(%0, %1) : (tensor<?x1xi32, "host">, tensor<1x?xi32, "host">) -> tensor<?x?xi32, "host">
  return
}

// -----

// Sizes are given: computed from sizes and attributes, or anything.
func.func @sized(%x: memref<?xi32, "device"> {xpu.shape = ["B"]}, %spec: i32 {xpu.name = "num_speculative_tokens"}, %any: index, %other: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %s = arith.index_cast %spec : i32 to index
  %s1 = arith.addi %s, %c1 : index
  %n = arith.muli %B, %s1 : index
  %0 = "xpu.constant"(%zero, %n) : (i32, index) -> tensor<?xi32, "device">
  %1 = "xpu.range"(%zero, %one, %any) : (i32, i32, index) -> tensor<?xi32, "device">
  %2 = "xpu.constant"(%zero, %other) : (i32, index) -> tensor<4x?xi32, "device">
  %3 = "xpu.expand"(%1, %n) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
  %4 = tensor.empty(%B) : tensor<?xi32, "device">
  return
}

