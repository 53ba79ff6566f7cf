//@ passes: plan

// Three parts packed into one buffer, each copied where it belongs.
func.func @pack(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %y: memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["n"], xpu.noalias}) -> (memref<?xi32, "device"> {xpu.name = "z"}) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %n2 = arith.addi %n, %n : index
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%y) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = tensor.empty(%n2) : tensor<?xi32, "device">
  %3 = tensor.insert_slice %0 into %2[0] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %4 = tensor.insert_slice %1 into %3[%n] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %5 = "xpu.materialize"(%4) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  return %5 : memref<?xi32, "device">
}

// -----

// A computed part is written where it belongs; the padding around it is there before.
func.func @padded(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %size: index {xpu.name = "size"}) -> (memref<?xi32, "device"> {xpu.name = "z", xpu.shape = ["size"]}) {
  %c0 = arith.constant 0 : index
  %pad = arith.constant -1 : i32
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %fill = "xpu.constant"(%pad, %size) : (i32, index) -> tensor<?xi32, "device">
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.cumsum"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = tensor.insert_slice %1 into %fill[0] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %3 = "xpu.materialize"(%2) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  return %3 : memref<?xi32, "device">
}

// -----

// The padding is returned as it was, too: one of the two is a copy.
func.func @padding_too(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %size: index {xpu.name = "size"}) -> (memref<?xi32, "device"> {xpu.name = "z", xpu.shape = ["size"]}, memref<?xi32, "device"> {xpu.name = "w", xpu.shape = ["size"]}) {
  %c0 = arith.constant 0 : index
  %pad = arith.constant -1 : i32
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %fill = "xpu.constant"(%pad, %size) : (i32, index) -> tensor<?xi32, "device">
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.cumsum"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = tensor.insert_slice %1 into %fill[0] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %3 = "xpu.materialize"(%2) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  %4 = "xpu.materialize"(%fill) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  return %3, %4 : memref<?xi32, "device">, memref<?xi32, "device">
}
