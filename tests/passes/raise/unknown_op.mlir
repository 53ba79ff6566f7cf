//@ passes: raise
// An op that we do not know reads and writes all memory that it can reach.

// What was read before is read again, whatever `xpu.noalias` says: it is about other arguments, not about the callee.
func.func private @unknown()
func.func @barrier(%a: memref<?xi32, "host"> {xpu.noalias}, %b: memref<?xi32, "host">, %c: memref<?xi32, "host">) {
  "xpu.cumsum"(%a, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  func.call @unknown() : () -> ()
  "xpu.cumsum"(%a, %c) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// What is in memory has to be there when it runs: the `into` stays before the call.
func.func private @unknown()
func.func @written_before(%a: memref<?xi32, "host"> {xpu.noalias}) {
  %c1 = arith.constant 1 : i32
  "xpu.constant"(%c1, %a) : (i32, memref<?xi32, "host">) -> ()
  func.call @unknown() : () -> ()
  "xpu.cumsum"(%a, %a) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// It cannot reach a local buffer that it is not given: %tmp is a value, across the call.
func.func private @unknown()
func.func @local(%a: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.cumsum"(%a, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  func.call @unknown() : () -> ()
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// It is given a local buffer, which stays memory: written before, read again after.
func.func private @unknown(memref<?xi32, "host">)
func.func @given(%a: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.cumsum"(%a, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  func.call @unknown(%tmp) : (memref<?xi32, "host">) -> ()
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// It is given a part of one: the same for the whole.
func.func private @unknown(memref<4xi32, strided<[1]>, "host">)
func.func @given_part(%a: memref<8xi32, "host">, %out: memref<8xi32, "host">) {
  %tmp = "xpu.alloc"() : () -> memref<8xi32, "host">
  "xpu.cumsum"(%a, %tmp) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  %low = memref.subview %tmp[0] [4] [1] : memref<8xi32, "host"> to memref<4xi32, strided<[1]>, "host">
  func.call @unknown(%low) : (memref<4xi32, strided<[1]>, "host">) -> ()
  "xpu.copy"(%tmp, %out) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  return
}
