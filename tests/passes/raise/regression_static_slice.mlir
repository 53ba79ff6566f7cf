//@ passes: raise
// Slices of a size that the type states used to become `tensor.extract_slice` and `tensor.insert_slice` of a dynamic
// size, which the verifier of MLIR refuses.

// A slice of a slice of a value.
func.func @read_and_write(%x: memref<8xi32, "host">, %out: memref<2xi32, "host">) {
  %tmp = "xpu.alloc"() : () -> memref<8xi32, "host">
  "xpu.copy"(%x, %tmp) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  %high = memref.subview %tmp[4] [4] [1] : memref<8xi32, "host"> to memref<4xi32, strided<[1], offset: 4>, "host">
  %part = memref.subview %high[1] [2] [1] : memref<4xi32, strided<[1], offset: 4>, "host"> to memref<2xi32, strided<[1], offset: 5>, "host">
  "xpu.broadcast_add"(%part, %part, %part) : (memref<2xi32, strided<[1], offset: 5>, "host">, memref<2xi32, strided<[1], offset: 5>, "host">, memref<2xi32, strided<[1], offset: 5>, "host">) -> ()
  "xpu.copy"(%part, %out) : (memref<2xi32, strided<[1], offset: 5>, "host">, memref<2xi32, "host">) -> ()
  return
}

// -----

// The same in a local buffer: the parts are read from the value with both writes in it.
func.func @overlap_local(%x: memref<4xi32, "host">, %sum: memref<4xi32, "host">) {
  %c7 = arith.constant 7 : i32
  %tmp = "xpu.alloc"() : () -> memref<8xi32, "host">
  %low = memref.subview %tmp[0] [4] [1] : memref<8xi32, "host"> to memref<4xi32, strided<[1]>, "host">
  %middle = memref.subview %tmp[2] [4] [1] : memref<8xi32, "host"> to memref<4xi32, strided<[1], offset: 2>, "host">
  "xpu.copy"(%x, %low) : (memref<4xi32, "host">, memref<4xi32, strided<[1]>, "host">) -> ()
  "xpu.constant"(%c7, %middle) : (i32, memref<4xi32, strided<[1], offset: 2>, "host">) -> ()
  "xpu.cumsum"(%low, %sum) : (memref<4xi32, strided<[1]>, "host">, memref<4xi32, "host">) -> ()
  return
}
