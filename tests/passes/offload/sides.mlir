//@ passes: raise,infer-shapes,offload
// Who computes what.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">

// Down, a sum, up again: the sum stays on the device, and nothing is transferred.
func.func @round_trip(%x: !dev {xpu.name = "x", xpu.shape = ["B"]}, %y: !dev {xpu.name = "y", xpu.shape = ["B"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : i32
  %B = memref.dim %x, %c0 : !dev
  %down = "xpu.alloc"(%B) : (index) -> !host
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%x, %down) {blocking} : (!dev, !host) -> ()
  "xpu.broadcast_add"(%down, %c1, %down) : (!host, i32, !host) -> ()
  "xpu.h2d"(%down, %y) {blocking} : (!host, !dev) -> ()
  return
}

// -----

// From the host to the host, by way of the device: it was not worth it.
func.func @host_only(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["B"]}, %y: memref<?xi32, "host"> {xpu.name = "y", xpu.shape = ["B"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "host">
  %d = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  %e = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.h2d"(%x, %d) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  "xpu.cumsum"(%d, %e) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%e, %y) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Three arrays of the host in one transfer up; a product that the host needs too is sent from one array.
func.func @up(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["B"]}, %y: memref<?xi32, "host"> {xpu.name = "y", xpu.shape = ["C"]}, %t: memref<?xi32, "device"> {xpu.name = "t", xpu.shape = ["T"], xpu.noalias}, %p: memref<?xi32, "device"> {xpu.name = "p", xpu.shape = ["B"], xpu.noalias, xpu.output}, %q: memref<?xi32, "device"> {xpu.name = "q", xpu.shape = ["C"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "host">
  %C = memref.dim %y, %c0 : memref<?xi32, "host">
  %xd = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  %yd = "xpu.alloc"(%C) : (index) -> memref<?xi32, "device">
  "xpu.h2d"(%x, %xd) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  "xpu.h2d"(%y, %yd) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  "xpu.gather"(%t, %xd, %p) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.gather"(%t, %yd, %q) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The division may fail where %c is false: it stays with its condition, on one side.
func.func @lazy(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"}, %c: i1 {xpu.name = "c"}, %y: memref<?xi32, "host"> {xpu.name = "y", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %h = "xpu.alloc"(%B) : (index) -> memref<?xi32, "host">
  %r = "xpu.alloc"(%B) : (index) -> memref<?xi32, "host">
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%x, %h) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  "xpu.constant"(%zero, %r) : (i32, memref<?xi32, "host">) -> ()
  scf.if %c {
    "xpu.broadcast_floordiv"(%h, %k, %r) : (memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  }
  "xpu.copy"(%r, %y) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
