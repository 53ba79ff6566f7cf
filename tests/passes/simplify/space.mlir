//@ passes: simplify

// Where the sum is made is not decided here: on the host, as written. Nothing is transferred twice.
func.func @stays(%a: memref<?xi32, "host"> {xpu.shape = ["n"]}, %da: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %ds: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %dt: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%a) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %dx = "xpu.h2d"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  "xpu.into"(%dx, %da) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  %s = "xpu.broadcast_add"(%x, %x) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  %dsum = "xpu.h2d"(%s) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  "xpu.into"(%dsum, %ds) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  %again = "xpu.h2d"(%s) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  "xpu.into"(%again, %dt) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Computed on both sides: once is enough, where it is first.
func.func @twins(%a: memref<?xi32, "host"> {xpu.shape = ["n"]}, %h: memref<?xi32, "host"> {xpu.shape = ["n"], xpu.noalias}, %d: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%a) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %s = "xpu.cumsum"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  "xpu.into"(%s, %h) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  %dx = "xpu.h2d"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %ds = "xpu.cumsum"(%dx) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%ds, %d) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Another scan is no twin.
func.func @no_twins(%a: memref<?xi32, "host"> {xpu.shape = ["n"]}, %h: memref<?xi32, "host"> {xpu.shape = ["n"], xpu.noalias}, %d: memref<1xi32, "device"> {xpu.noalias}) {
  %x = "xpu.read"(%a) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %s = "xpu.cumsum"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  "xpu.into"(%s, %h) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  %dx = "xpu.h2d"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %ds = "xpu.reduce_sum"(%dx) : (tensor<?xi32, "device">) -> tensor<1xi32, "device">
  "xpu.into"(%ds, %d) : (tensor<1xi32, "device">, memref<1xi32, "device">) -> ()
  return
}
