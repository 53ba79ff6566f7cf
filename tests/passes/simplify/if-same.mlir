//@ passes: simplify

// Both sides are x: there is no condition.
func.func @if_same(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %c: i1) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = arith.select %c, %x, %x : tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The sides differ: the condition stays.
func.func @if_different(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %c: i1) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %one = arith.constant 1 : i32
  %z = "xpu.broadcast_add"(%x, %one) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %y = arith.select %c, %x, %z : tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
