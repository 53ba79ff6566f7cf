//@ passes: raise
// A copy is no computation: whoever reads the copy reads what was copied.

// Allocate, compute, copy: what the op computes goes into the caller's buffer.
func.func @allocate_then_copy(%x: memref<?xi32, "device">, %n: index, %out: memref<?xi32, "device">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// A chain of copies.
func.func @chain(%x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %a = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  %b = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%x, %a) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%a, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%b, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A copy keeps the content it has copied, whatever happens to its source: %out gets %x, not the sums.
func.func @source_changes(%x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %a = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  %b = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%x, %a) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%a, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%a, %a) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%b, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A copy in place leaves the buffer as it is.
func.func @in_place(%x: memref<?xi32, "device">) {
  "xpu.copy"(%x, %x) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Static and dynamic sizes meet in a cast.
func.func @refined(%x: memref<8xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%x, %tmp) : (memref<8xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
