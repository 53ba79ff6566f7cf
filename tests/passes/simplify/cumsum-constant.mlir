//@ passes: simplify

// The same step again and again.
func.func @cumsum_constant(%k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %i0 = arith.constant 0 : index
  %n = memref.dim %out, %i0 : memref<?xi32, "device">
  %a = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "device">
  %r = "xpu.cumsum"(%a) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Any values.
func.func @cumsum_values(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.cumsum"(%x) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
