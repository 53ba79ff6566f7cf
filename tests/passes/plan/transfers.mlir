//@ passes: plan

// The host looks at what comes down: a wait before it, and none before the transfer, which is in order.
func.func @down(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "host"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.cumsum"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = "xpu.d2h"(%1) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  %3 = "xpu.cumsum"(%2) : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  "xpu.into"(%3, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Straight into the caller's buffer, and the wait before the return.
func.func @down_and_return(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "host"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.d2h"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  "xpu.into"(%1, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Up into a fresh buffer: nothing on the stream can use it.
func.func @up(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["n"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.h2d"(%0) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %2 = "xpu.materialize"(%1) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  return %2 : memref<?xi32, "device">
}
