//@ until: verify
// One launch that computes several ops.

// Two memrefs read, a scalar used, one memref written.
func.func @slots(%table: memref<?xi32, "device">, %index: memref<?xi32, "device">, %bs: i32, %out: memref<?xi32, "device">) {
  "xpu.fusion"() ({
    %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %i = "xpu.read"(%index) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %0 = "xpu.gather"(%t, %i) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %1 = "xpu.broadcast_mul"(%0, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
    "xpu.into"(%1, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// Two memrefs written, one of them a part of a larger buffer; a size as an index.
func.func @two_outs(%lens: memref<?xi32, "device">, %n: index, %lod: memref<?xi32, "device">, %row: memref<?xi32, strided<[1], offset: ?>, "device">) {
  "xpu.fusion"() ({
    %l = "xpu.read"(%lens) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %0 = "xpu.cumsum"(%l) {exclusive} : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %1 = "xpu.expand"(%0, %n) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
    "xpu.into"(%0, %lod) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    "xpu.into"(%1, %row) : (tensor<?xi32, "device">, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// Nothing read; arith and casts stand in a body too.
func.func @no_ins(%out: memref<8xi64, "device">) {
  "xpu.fusion"() ({
    %c1 = arith.constant 1 : i64
    %0 = "xpu.constant"(%c1) : (i64) -> tensor<8xi64, "device">
    %1 = tensor.cast %0 : tensor<8xi64, "device"> to tensor<?xi64, "device">
    %2 = "xpu.cumsum"(%1) : (tensor<?xi64, "device">) -> tensor<8xi64, "device">
    "xpu.into"(%2, %out) : (tensor<8xi64, "device">, memref<8xi64, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// A flag chooses between a part of what was read and its first element plus one.
func.func @choice(%x: memref<?xi32, "device">, %flag: i1, %out: memref<1xi32, "device">) {
  %c1 = arith.constant 1 : i32
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %first = tensor.extract_slice %0[0] [1] [1] : tensor<?xi32, "device"> to tensor<1xi32, "device">
    %next = "xpu.broadcast_add"(%first, %c1) : (tensor<1xi32, "device">, i32) -> tensor<1xi32, "device">
    %1 = arith.select %flag, %first, %next : tensor<1xi32, "device">
    "xpu.into"(%1, %out) : (tensor<1xi32, "device">, memref<1xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}
