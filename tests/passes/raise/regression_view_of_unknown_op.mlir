//@ passes: raise
// A memref that an op makes which raise does not follow may be any memory that the op was given. Writes through it used
// to leave what was known of that memory as it was.

// A choice of two buffers: %picked is %a or %b, so %a has to be read again for %out.
func.func @select(%c: i1, %a: memref<?xi32, "host"> {xpu.noalias}, %b: memref<?xi32, "host"> {xpu.noalias}, %first: memref<?xi32, "host"> {xpu.noalias}, %out: memref<?xi32, "host"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  %picked = arith.select %c, %a, %b : memref<?xi32, "host">
  "xpu.copy"(%a, %first) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.constant"(%c7, %picked) : (i32, memref<?xi32, "host">) -> ()
  "xpu.copy"(%a, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Another shape of the same buffer.
func.func @expand_shape(%a: memref<8xi32, "host"> {xpu.noalias}, %first: memref<8xi32, "host"> {xpu.noalias}, %out: memref<8xi32, "host"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  %rows = memref.expand_shape %a [[0, 1]] output_shape [2, 4] : memref<8xi32, "host"> into memref<2x4xi32, "host">
  "xpu.copy"(%a, %first) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  "xpu.constant"(%c7, %rows) : (i32, memref<2x4xi32, "host">) -> ()
  "xpu.copy"(%a, %out) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  return
}

// -----

// Another shape of a local buffer.
func.func @local(%x: memref<8xi32, "host">, %first: memref<8xi32, "host"> {xpu.noalias}, %out: memref<8xi32, "host"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  %a = "xpu.alloc"() : () -> memref<8xi32, "host">
  "xpu.copy"(%x, %a) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  %rows = memref.expand_shape %a [[0, 1]] output_shape [2, 4] : memref<8xi32, "host"> into memref<2x4xi32, "host">
  "xpu.copy"(%a, %first) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  "xpu.constant"(%c7, %rows) : (i32, memref<2x4xi32, "host">) -> ()
  "xpu.copy"(%a, %out) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  return
}
