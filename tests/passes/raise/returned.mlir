//@ passes: raise
// What the program returns.

// A local buffer is materialized with its last content.
func.func @local(%x: memref<?xi32, "device">, %n: index) -> memref<?xi32, "device"> {
  %r = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %r) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %r : memref<?xi32, "device">
}

// -----

// Two buffers of equal content are two buffers.
func.func @two(%x: memref<?xi32, "device">, %n: index) -> (memref<?xi32, "device">, memref<?xi32, "device">) {
  %a = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  %b = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %a) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.copy"(%a, %b) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %a, %b : memref<?xi32, "device">, memref<?xi32, "device">
}

// -----

// An argument is returned as it is, after the writes to it.
func.func @argument(%x: memref<?xi32, "device">) -> memref<?xi32, "device"> {
  "xpu.cumsum"(%x, %x) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %x : memref<?xi32, "device">
}

// -----

// A scalar.
func.func @scalar(%x: memref<?xi32, "host">) -> i32 {
  %c0 = arith.constant 0 : index
  %cell = "xpu.alloc"() : () -> memref<1xi32, "host">
  "xpu.reduce_sum"(%x, %cell) : (memref<?xi32, "host">, memref<1xi32, "host">) -> ()
  %sum = memref.load %cell[%c0] : memref<1xi32, "host">
  return %sum : i32
}

// -----

// A result that is filled where a condition fails.
func.func @conditional(%c: i1, %x: memref<?xi32, "device">, %n: index) -> memref<?xi32, "device"> {
  %pad = arith.constant -1 : i32
  %r = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.constant"(%pad, %r) : (i32, memref<?xi32, "device">) -> ()
  scf.if %c {
    "xpu.cumsum"(%x, %r) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  }
  return %r : memref<?xi32, "device">
}
