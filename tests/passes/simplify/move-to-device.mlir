//@ passes: simplify

// Both arrays are on the device anyway: the sum is made there and nothing more goes up.
func.func @move_to_device(%a: memref<?xi32, "host"> {xpu.shape = ["n"]}, %da: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %ds: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%a) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %dx = "xpu.h2d"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  "xpu.into"(%dx, %da) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  %s = "xpu.broadcast_add"(%x, %x) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  %dsum = "xpu.h2d"(%s) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  "xpu.into"(%dsum, %ds) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Two launches would cost as much as the one transfer and need one besides: it stays on the host.
func.func @stay_on_host(%a: memref<?xi32, "host"> {xpu.shape = ["n"]}, %ds: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%a) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %s = "xpu.broadcast_add"(%x, %x) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  %p = "xpu.broadcast_mul"(%s, %x) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  %dp = "xpu.h2d"(%p) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  "xpu.into"(%dp, %ds) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
