//@ passes: simplify

// All of a value is the value.
func.func @extract_whole(%a: memref<?xi32, "device"> {xpu.shape = ["n"]}, %b: memref<?xi32, "device"> {xpu.shape = ["k"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %a, %c0 : memref<?xi32, "device">
  %k = memref.dim %b, %c0 : memref<?xi32, "device">
  %x = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %z = tensor.extract_slice %x[0] [%n] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
  "xpu.into"(%z, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// A part is not.
func.func @extract_part(%a: memref<?xi32, "device"> {xpu.shape = ["n"]}, %b: memref<?xi32, "device"> {xpu.shape = ["k"]}, %out: memref<?xi32, "device"> {xpu.shape = ["k"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %a, %c0 : memref<?xi32, "device">
  %k = memref.dim %b, %c0 : memref<?xi32, "device">
  %x = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %z = tensor.extract_slice %x[0] [%k] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
  "xpu.into"(%z, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
