//@ passes: raise
// Memrefs that ops make which raise does not follow: one by control flow may be any memory that its branches name, and
// two allocations are two buffers, however alike. Both used to be mixed up.

// A choice of two buffers: %picked is %a or %b, so %a has to be read again for %out.
func.func @yield(%c: i1, %a: memref<?xi32, "host">, %b: memref<?xi32, "host">, %first: memref<?xi32, "host"> {xpu.noalias}, %out: memref<?xi32, "host"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  %picked = scf.if %c -> (memref<?xi32, "host">) {
    scf.yield %a : memref<?xi32, "host">
  } else {
    scf.yield %b : memref<?xi32, "host">
  }
  "xpu.copy"(%a, %first) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.constant"(%c7, %picked) : (i32, memref<?xi32, "host">) -> ()
  "xpu.copy"(%a, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Two buffers of an upstream allocation are two buffers: what was written to one is not in the other.
func.func @alloc(%n: index, %x: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %c7 = arith.constant 7 : i32
  %a = memref.alloc(%n) : memref<?xi32, "host">
  %b = memref.alloc(%n) : memref<?xi32, "host">
  "xpu.copy"(%x, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.constant"(%c7, %a) : (i32, memref<?xi32, "host">) -> ()
  "xpu.copy"(%b, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
