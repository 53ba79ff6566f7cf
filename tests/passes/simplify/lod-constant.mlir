//@ passes: simplify

// Rows of one length.
func.func @lod_constant(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n + 1"], xpu.noalias}) {
  %i0 = arith.constant 0 : index
  %n = memref.dim %in, %i0 : memref<?xi32, "device">
  %a = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "device">
  %r = "xpu.cumsum"(%a) {exclusive} : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Rows of any length.
func.func @lod_values(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n + 1"], xpu.noalias}) {
  %i0 = arith.constant 0 : index
  %n = memref.dim %in, %i0 : memref<?xi32, "device">
  %a = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.cumsum"(%a) {exclusive} : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
