//@ passes: simplify

// Up and down again: the host has it.
func.func @down_up(%in: memref<?xi32, "host"> {xpu.shape = ["n"]}, %dev: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "host"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %d = "xpu.h2d"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  "xpu.into"(%d, %dev) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  %h = "xpu.d2h"(%d) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  "xpu.into"(%h, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// What comes down is not what went up.
func.func @changed_on_device(%in: memref<?xi32, "host"> {xpu.shape = ["n"]}, %out: memref<?xi32, "host"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %d = "xpu.h2d"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %s = "xpu.cumsum"(%d) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %h = "xpu.d2h"(%s) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  "xpu.into"(%h, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
