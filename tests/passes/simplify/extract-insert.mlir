//@ passes: simplify

// Reading back what was just put there.
func.func @extract_insert(%a: memref<?xi32, "device"> {xpu.shape = ["n"]}, %b: memref<?xi32, "device"> {xpu.shape = ["k"]}, %out: memref<?xi32, "device"> {xpu.shape = ["k"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %a, %c0 : memref<?xi32, "device">
  %k = memref.dim %b, %c0 : memref<?xi32, "device">
  %x = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %e = tensor.insert_slice %y into %x[%c1] [%k] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %z = tensor.extract_slice %e[%c1] [%k] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
  "xpu.into"(%z, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// One element further it is something else.
func.func @extract_shifted(%a: memref<?xi32, "device"> {xpu.shape = ["n"]}, %b: memref<?xi32, "device"> {xpu.shape = ["k"]}, %out: memref<?xi32, "device"> {xpu.shape = ["k"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %a, %c0 : memref<?xi32, "device">
  %k = memref.dim %b, %c0 : memref<?xi32, "device">
  %x = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %e = tensor.insert_slice %y into %x[%c1] [%k] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  %z = tensor.extract_slice %e[0] [%k] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
  "xpu.into"(%z, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
