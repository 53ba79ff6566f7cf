//@ passes: simplify

// The condition holds.
func.func @if_true(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %t = arith.constant true
  %r = arith.select %t, %x, %y : tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The condition is an argument.
func.func @if_open(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %c: i1 {xpu.name = "c"}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %r = arith.select %c, %x, %y : tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
