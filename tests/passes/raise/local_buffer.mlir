//@ passes: raise
// A buffer that the program allocates and nobody else sees is a value: a new one after each write.

// Two ops that hand over a temporary. No allocation is left, and nothing is freed.
func.func @temporary(%x: memref<?xi32, "device">, %n: index, %out: memref<?xi32, "device">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_add"(%x, %x, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.cumsum"(%tmp, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.free"(%tmp) : (memref<?xi32, "device">) -> ()
  return
}

// -----

// One buffer, three values: the second op reads the first value, the third op the second.
func.func @versions(%x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %c1 = arith.constant 1 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.broadcast_add"(%x, %c1, %tmp) : (memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  "xpu.broadcast_mul"(%tmp, %tmp, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.broadcast_sub"(%tmp, %x, %out) : (memref<?xi32, "host">, memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A buffer that is used again: the first reader has the first value, although it comes to run after the second write.
func.func @reused(%x: memref<?xi32, "host">, %n: index, %first: memref<?xi32, "host">, %second: memref<?xi32, "host">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%tmp, %first) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%tmp, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%tmp, %second) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Waits and `blocking` are decisions of `plan`.
func.func @transfers(%x: memref<?xi32, "device">, %n: index, %out: memref<?xi32, "device">) {
  %host = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  %sums = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.d2h"(%x, %host) : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  "xpu.wait"() : () -> ()
  "xpu.cumsum"(%host, %sums) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.h2d"(%sums, %out) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

// An op that cannot tell the size of its result from its inputs gets it as an operand: the size of the buffer it wrote.
func.func @sizes(%n: index, %lod: memref<?xi32, "host">, %x: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %c1 = arith.constant 1 : i32
  %rows = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.expand"(%lod, %rows) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.gather"(%x, %rows, %out) : (memref<?xi32, "host">, memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.constant"(%c1, %out) : (i32, memref<?xi32, "host">) -> ()
  return
}

// -----

// What nobody wrote is `tensor.empty`, of the sizes allocated.
func.func @unwritten(%n: index, %out: memref<?x4xi32, "device">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?x4xi32, "device">
  "xpu.copy"(%tmp, %out) : (memref<?x4xi32, "device">, memref<?x4xi32, "device">) -> ()
  return
}

// -----

// A buffer that nobody reads leaves nothing behind.
func.func @dead(%x: memref<?xi32, "device">, %n: index) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
