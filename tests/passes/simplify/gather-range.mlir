//@ passes: simplify

// An entry is its index, times the step.
func.func @gather_range(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %two = arith.constant 2 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  "xpu.require"(%x, %two) {predicate = "sle", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %three = arith.constant 3 : index
  %t = "xpu.range"(%k, %k, %three) : (i32, i32, index) -> tensor<?xi32, "device">
  %r = "xpu.gather"(%t, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// An index may be outside, which is an error.
func.func @gather_outside(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %three = arith.constant 3 : index
  %t = "xpu.range"(%k, %k, %three) : (i32, i32, index) -> tensor<?xi32, "device">
  %r = "xpu.gather"(%t, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
