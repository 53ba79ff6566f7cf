//@ passes: raise
// Single elements.

// Stores into a local buffer, one after the other.
func.func @record(%a: i32, %b: i32, %out: memref<2xi32, "host">) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %tmp = "xpu.alloc"() : () -> memref<2xi32, "host">
  memref.store %a, %tmp[%c0] : memref<2xi32, "host">
  memref.store %b, %tmp[%c1] : memref<2xi32, "host">
  "xpu.copy"(%tmp, %out) : (memref<2xi32, "host">, memref<2xi32, "host">) -> ()
  return
}

// -----

// A store into the caller's buffer: the rest of it is as it was.
func.func @memory(%a: i32, %i: index, %out: memref<?xi32, "host">) {
  memref.store %a, %out[%i] : memref<?xi32, "host">
  return
}

// -----

// A load after a store; %j may be %i or not.
func.func @load(%a: i32, %i: index, %j: index, %x: memref<?xi32, "host">) -> i32 {
  memref.store %a, %x[%i] : memref<?xi32, "host">
  %v = memref.load %x[%j] : memref<?xi32, "host">
  return %v : i32
}

// -----

// A load from the cell that an op wrote, twice: the cell has another value the second time.
func.func @cell(%x: memref<?xi32, "host">, %y: memref<?xi32, "host">) -> (i32, i32) {
  %c0 = arith.constant 0 : index
  %cell = "xpu.alloc"() : () -> memref<1xi32, "host">
  "xpu.reduce_sum"(%x, %cell) : (memref<?xi32, "host">, memref<1xi32, "host">) -> ()
  %a = memref.load %cell[%c0] : memref<1xi32, "host">
  "xpu.reduce_max"(%y, %cell) : (memref<?xi32, "host">, memref<1xi32, "host">) -> ()
  %b = memref.load %cell[%c0] : memref<1xi32, "host">
  return %a, %b : i32, i32
}
