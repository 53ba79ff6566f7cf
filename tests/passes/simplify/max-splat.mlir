//@ passes: simplify

// A buffer of one element that a max stretches is a scalar.
func.func @max_splat(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %s = "xpu.constant"(%k) : (i32) -> tensor<1xi32, "device">
  %r = "xpu.broadcast_max"(%x, %s) : (tensor<?xi32, "device">, tensor<1xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The result has the shape of the constant here: the scalar alone would not say it.
func.func @max_splat_shape(%in: memref<1xi32, "device">, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %k: i32 {xpu.name = "k"}) {
  %i0 = arith.constant 0 : index
  %n = memref.dim %out, %i0 : memref<?xi32, "device">
  %x = "xpu.read"(%in) : (memref<1xi32, "device">) -> tensor<1xi32, "device">
  %s = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "device">
  %y = "xpu.broadcast_max"(%x, %s) : (tensor<1xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
