//@ passes: raise,infer-shapes,offload
// How many launches, and what comes down between them.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">
!cell = memref<1xi32, "device">
!cell_host = memref<1xi32, "host">

// The size of the result is a sum over data: the host has to know it before it can allocate. The lengths come down, it
// adds them up, and one launch does the rest; the running sums wait for it, since nobody needs them before.
func.func @size_of_data(%lens: !dev {xpu.name = "lens", xpu.shape = ["B"]}, %lod: !dev {xpu.name = "lod", xpu.shape = ["B + 1"], xpu.noalias, xpu.output}) -> (!dev {xpu.name = "rows", xpu.shape = ["sum(lens)"]}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %lens, %c0 : !dev
  %sum = "xpu.alloc"() : () -> !cell
  %sum_host = "xpu.alloc"() : () -> !cell_host
  "xpu.cumsum"(%lens, %lod) {exclusive} : (!dev, !dev) -> ()
  "xpu.reduce_sum"(%lens, %sum) : (!dev, !cell) -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%sum, %sum_host) {blocking} : (!cell, !cell_host) -> ()
  %n = memref.load %sum_host[%c0] : !cell_host
  %T = arith.index_cast %n : i32 to index
  %rows = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.expand"(%lod, %rows) : (!dev, !dev) -> ()
  return %rows : !dev
}

// -----

// The same into a buffer that is there: one launch, which makes the view it writes through.
func.func @size_of_data_in_buffer(%lens: memref<?xi32, "device"> {xpu.name = "lens", xpu.shape = ["B"]}, %lod: memref<?xi32, "device"> {xpu.name = "lod", xpu.shape = ["B + 1"], xpu.noalias, xpu.output}, %rows: memref<?xi32, "device"> {xpu.name = "rows", xpu.shape = ["C"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %sum = "xpu.alloc"() : () -> memref<1xi32, "device">
  %sum_host = "xpu.alloc"() : () -> memref<1xi32, "host">
  "xpu.cumsum"(%lens, %lod) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.reduce_sum"(%lens, %sum) : (memref<?xi32, "device">, memref<1xi32, "device">) -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%sum, %sum_host) {blocking} : (memref<1xi32, "device">, memref<1xi32, "host">) -> ()
  %n = memref.load %sum_host[%c0] : memref<1xi32, "host">
  %T = arith.index_cast %n : i32 to index
  %front = memref.subview %rows[0] [%T] [1] : memref<?xi32, "device"> to memref<?xi32, "device">
  "xpu.expand"(%lod, %front) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// %y may be %x: what is read after the write to %y is read by a second launch.
func.func @may_alias(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}, %y: memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}, %z: memref<?xi32, "device"> {xpu.name = "z", xpu.shape = ["B"], xpu.noalias}) {
  "xpu.cumsum"(%x, %y) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.cumsum"(%x, %z) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The same, %x being nobody else's: one launch.
func.func @noalias(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"], xpu.noalias}, %y: memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}, %z: memref<?xi32, "device"> {xpu.name = "z", xpu.shape = ["B"], xpu.noalias}) {
  "xpu.cumsum"(%x, %y) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%x, %x, %z) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
