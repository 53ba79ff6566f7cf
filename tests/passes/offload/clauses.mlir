//@ passes: raise,infer-shapes,offload
// The contract moves with the computation.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">

// Lengths that are checked on the host, and added up on the device: the launch checks them, and its verdict comes down
// with the total. The clause on %k goes along, because it stands behind; the one on %n is checked before.
func.func @along(%lens: !dev {xpu.name = "lens", xpu.shape = ["B"]}, %n: i32 {xpu.name = "n"}, %k: i32 {xpu.name = "k"}, %lod: !dev {xpu.name = "lod", xpu.shape = ["B + 1"], xpu.noalias, xpu.output}, %total: memref<1xi64, "host"> {xpu.name = "total", xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %lens, %c0 : !dev
  "xpu.require"(%n, %zero) {predicate = "sge", message = "n"} : (i32, i32) -> ()
  %h = "xpu.alloc"(%B) : (index) -> !host
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%lens, %h) {blocking} : (!dev, !host) -> ()
  "xpu.require"(%h, %zero) {predicate = "sge", message = "lens, every length"} : (!host, i32) -> ()
  "xpu.require"(%k, %zero) {predicate = "sge", message = "k"} : (i32, i32) -> ()
  "xpu.reduce_sum"(%h, %total) : (!host, memref<1xi64, "host">) -> ()
  "xpu.cumsum"(%lens, %lod) {exclusive} : (!dev, !dev) -> ()
  return
}

// -----

// Nothing but the clause needs the lengths on the host, and nothing else comes down: one transfer down either way, and
// no launch has to wait for it.
func.func @only_clause(%lens: memref<?xi32, "device"> {xpu.name = "lens", xpu.shape = ["B"]}, %lod: memref<?xi32, "device"> {xpu.name = "lod", xpu.shape = ["B + 1"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %lens, %c0 : memref<?xi32, "device">
  %h = "xpu.alloc"(%B) : (index) -> memref<?xi32, "host">
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%lens, %h) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  "xpu.require"(%h, %zero) {predicate = "sge", message = "lens, every length"} : (memref<?xi32, "host">, i32) -> ()
  "xpu.cumsum"(%lens, %lod) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The lengths are the host's: it checks them.
func.func @of_host(%lens: memref<?xi32, "host"> {xpu.name = "lens", xpu.shape = ["B"]}, %lod: memref<?xi32, "device"> {xpu.name = "lod", xpu.shape = ["B + 1"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %lens, %c0 : memref<?xi32, "host">
  "xpu.require"(%lens, %zero) {predicate = "sge", message = "lens, every length"} : (memref<?xi32, "host">, i32) -> ()
  %d = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.h2d"(%lens, %d) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  "xpu.cumsum"(%d, %lod) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
