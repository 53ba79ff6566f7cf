//@ until: verify
// One launch that computes several ops.

// Two ins, a scalar, one out.
func.func @slots(%table: memref<?xi32, "device">, %index: memref<?xi32, "device">, %bs: i32, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %table, %index, %bs, %out
      : memref<?xi32, "device">, memref<?xi32, "device">, i32, memref<?xi32, "device"> to !xpu.args
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">, %i: tensor<?xi32, "device">, %b: i32):
    %0 = "xpu.gather"(%t, %i) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %1 = "xpu.broadcast_mul"(%0, %b) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
    vector.yield %1 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

// Two outs, one of them a part of a larger buffer; a size as an index.
func.func @two_outs(%lens: memref<?xi32, "device">, %n: index, %lod: memref<?xi32, "device">, %row: memref<?xi32, strided<[1], offset: ?>, "device">) {
  %args = builtin.unrealized_conversion_cast %lens, %n, %lod, %row
      : memref<?xi32, "device">, index, memref<?xi32, "device">, memref<?xi32, strided<[1], offset: ?>, "device"> to !xpu.args
  "xpu.fusion"(%args) ({
  ^bb0(%l: tensor<?xi32, "device">, %size: index):
    %0 = "xpu.cumsum"(%l) {exclusive} : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %1 = "xpu.expand"(%0, %size) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
    vector.yield %0, %1 : tensor<?xi32, "device">, tensor<?xi32, "device">
  }) {outs = 2 : i64} : (!xpu.args) -> ()
  return
}

// -----

// No ins: the body uses arith and tensor ops too.
func.func @no_ins(%out: memref<8xi64, "device">) {
  %args = builtin.unrealized_conversion_cast %out : memref<8xi64, "device"> to !xpu.args
  "xpu.fusion"(%args) ({
    %c1 = arith.constant 1 : i64
    %0 = "xpu.constant"(%c1) : (i64) -> tensor<8xi64, "device">
    %1 = tensor.cast %0 : tensor<8xi64, "device"> to tensor<?xi64, "device">
    %2 = "xpu.cumsum"(%1) : (tensor<?xi64, "device">) -> tensor<8xi64, "device">
    vector.yield %2 : tensor<8xi64, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}
