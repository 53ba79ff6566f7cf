//@ passes: simplify

// Down and up again: nothing moved.
func.func @up_down(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %h = "xpu.d2h"(%x) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  %d = "xpu.h2d"(%h) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %one = arith.constant 1 : i32
  %y = "xpu.broadcast_add"(%d, %one) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The host changes it in between: it is another value, computed where it was.
func.func @through_host(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %h = "xpu.d2h"(%x) : (tensor<?xi32, "device">) -> tensor<?xi32, "host">
  %one = arith.constant 1 : i32
  %s = "xpu.broadcast_add"(%h, %one) : (tensor<?xi32, "host">, i32) -> tensor<?xi32, "host">
  %y = "xpu.h2d"(%s) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
