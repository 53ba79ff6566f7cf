//@ passes: raise
// A loop stays a loop, and what it uses stays memory.

// A local buffer that a loop fills, and that is read afterwards.
func.func @fills(%n: index, %out: memref<?xi32, "host">) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %v = arith.constant 7 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  scf.for %i = %c0 to %n step %c1 {
    memref.store %v, %tmp[%i] : memref<?xi32, "host">
  }
  "xpu.cumsum"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A local buffer that was written before the loop reads it: in memory by then.
func.func @reads(%n: index, %x: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %tmp[%i] : memref<?xi32, "host">
    memref.store %v, %out[%i] : memref<?xi32, "host">
  }
  return
}

// -----

// Ops of ours in a loop stay in buffer form; a buffer of the loop's own stays one.
func.func @ops(%n: index, %x: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
    "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
    "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
    "xpu.free"(%tmp) : (memref<?xi32, "host">) -> ()
  }
  return
}

// -----

// A buffer that the loop does not touch is a value.
func.func @beside(%n: index, %x: memref<?xi32, "host">, %out: memref<?xi32, "host"> {xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %v = arith.constant 7 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  scf.for %i = %c0 to %n step %c1 {
    memref.store %v, %x[%i] : memref<?xi32, "host">
  }
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
