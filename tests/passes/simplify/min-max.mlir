//@ passes: simplify

// Absorbed, in whatever order.
func.func @min_max(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.broadcast_max"(%y, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_min"(%a, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The inner min is needed.
func.func @min_min(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %a = "xpu.broadcast_min"(%y, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %r = "xpu.broadcast_min"(%a, %x) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
