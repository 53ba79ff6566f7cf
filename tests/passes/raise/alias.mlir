//@ passes: raise
// Two arguments may be the same memory, unless one of them is marked `xpu.noalias`.

// %b is written between two reads of %a: the second read is a read of its own.
func.func @may_alias(%a: memref<?xi32, "device">, %b: memref<?xi32, "device">, %out: memref<?xi32, "device"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  "xpu.cumsum"(%a, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.constant"(%c7, %b) : (i32, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%a, %out, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// %a is nobody else's: one read of it.
func.func @noalias_read(%a: memref<?xi32, "device"> {xpu.noalias}, %b: memref<?xi32, "device">, %out: memref<?xi32, "device"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  "xpu.cumsum"(%a, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.constant"(%c7, %b) : (i32, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%a, %out, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The same, seen from the buffer that is written.
func.func @noalias_write(%a: memref<?xi32, "device">, %b: memref<?xi32, "device"> {xpu.noalias}, %out: memref<?xi32, "device"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  "xpu.cumsum"(%a, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.constant"(%c7, %b) : (i32, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%a, %out, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// What was just written is known, until another buffer is written that may be the same: %a is forwarded once, then read.
func.func @forward(%a: memref<?xi32, "host">, %b: memref<?xi32, "host">, %c: memref<?xi32, "host">) {
  %c1 = arith.constant 1 : i32
  "xpu.constant"(%c1, %a) : (i32, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%a, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%a, %c) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// The legal twin: %a is nobody else's, so nothing is read back.
func.func @forward_noalias(%a: memref<?xi32, "host"> {xpu.noalias}, %b: memref<?xi32, "host">, %c: memref<?xi32, "host">) {
  %c1 = arith.constant 1 : i32
  "xpu.constant"(%c1, %a) : (i32, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%a, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%a, %c) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A fresh buffer overlaps no argument, marked or not.
func.func @local(%a: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.cumsum"(%a, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.broadcast_add"(%a, %tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A value that was read before the write stays what it was: the copy in %tmp is the old content of %a.
func.func @read_before_write(%a: memref<?xi32, "host">, %b: memref<?xi32, "host">, %n: index) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%a, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%a, %a) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%tmp, %b) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
