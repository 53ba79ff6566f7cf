//@ passes: simplify

// Only what is asked for is looked up: two elements, not n.
func.func @gather_gather(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %flat: memref<8xi32, "device">, %few: memref<2xi32, "device">, %out: memref<2xi32, "device"> {xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %seven = arith.constant 7 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%x, %seven) {predicate = "sle", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %j = "xpu.read"(%few) : (memref<2xi32, "device">) -> tensor<2xi32, "device">
  %i0 = arith.constant 0 : index
  %f = "xpu.read"(%flat) : (memref<8xi32, "device">) -> tensor<8xi32, "device">
  %a = "xpu.gather"(%f, %x) : (tensor<8xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.gather"(%a, %j) : (tensor<?xi32, "device">, tensor<2xi32, "device">) -> tensor<2xi32, "device">
  "xpu.into"(%r, %out) : (tensor<2xi32, "device">, memref<2xi32, "device">) -> ()
  return
}

// -----

// An index that nobody asks for may be outside, which is an error.
func.func @gather_gather_outside(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %flat: memref<8xi32, "device">, %few: memref<2xi32, "device">, %out: memref<2xi32, "device"> {xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %j = "xpu.read"(%few) : (memref<2xi32, "device">) -> tensor<2xi32, "device">
  %i0 = arith.constant 0 : index
  %f = "xpu.read"(%flat) : (memref<8xi32, "device">) -> tensor<8xi32, "device">
  %a = "xpu.gather"(%f, %x) : (tensor<8xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.gather"(%a, %j) : (tensor<?xi32, "device">, tensor<2xi32, "device">) -> tensor<2xi32, "device">
  "xpu.into"(%r, %out) : (tensor<2xi32, "device">, memref<2xi32, "device">) -> ()
  return
}
