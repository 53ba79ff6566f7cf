//@ passes: simplify

// What is put over all of a value replaces it.
func.func @insert_whole(%a: memref<?xi32, "device"> {xpu.shape = ["n"]}, %b: memref<?xi32, "device"> {xpu.shape = ["k"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %a, %c0 : memref<?xi32, "device">
  %k = memref.dim %b, %c0 : memref<?xi32, "device">
  %x = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %e = tensor.empty(%n) : tensor<?xi32, "device">
  %z = tensor.insert_slice %x into %e[0] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  "xpu.into"(%z, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// A part does not.
func.func @insert_part(%a: memref<?xi32, "device"> {xpu.shape = ["n"]}, %b: memref<?xi32, "device"> {xpu.shape = ["k"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %a, %c0 : memref<?xi32, "device">
  %k = memref.dim %b, %c0 : memref<?xi32, "device">
  %x = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %z = tensor.insert_slice %y into %x[0] [%k] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  "xpu.into"(%z, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
