//@ passes: simplify

// Longer steps.
func.func @range_mul(%k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %i0 = arith.constant 0 : index
  %n = memref.dim %out, %i0 : memref<?xi32, "device">
  %eight = arith.constant 8 : i32
  %a = "xpu.range"(%k, %k, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_mul"(%a, %eight) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Any values.
func.func @range_mul_array(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %i0 = arith.constant 0 : index
  %n = memref.dim %out, %i0 : memref<?xi32, "device">
  %y = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.range"(%k, %k, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_mul"(%a, %y) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
