//@ until: verify
// Which clause on device values fails first.

func.func @verdict(%lens: tensor<?xi32, "device">, %n: tensor<4xi64, "device">) -> (tensor<6xi32, "device">, tensor<6xi32, "device">) {
  %c0 = arith.constant 0 : i32
  "xpu.require"(%lens, %c0) {predicate = "sge", message = "seq_lens_encoder"} : (tensor<?xi32, "device">, i32) -> ()
  %first = "xpu.verdict"() : () -> tensor<6xi32, "device">
  "xpu.require"(%n, %n) {predicate = "eq", message = "n"} : (tensor<4xi64, "device">, tensor<4xi64, "device">) -> ()
  %second = "xpu.verdict"() : () -> tensor<6xi32, "device">
  return %first, %second : tensor<6xi32, "device">, tensor<6xi32, "device">
}

// -----

// In a fusion; what comes after the clause is not computed where it fails.
func.func @fusion(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">, %verdict: memref<6xi32, "device">) {
  %c0 = arith.constant 0 : i32
  "xpu.fusion"() ({
    %t = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.require"(%t, %c0) {predicate = "ne", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
    %v = "xpu.verdict"() : () -> tensor<6xi32, "device">
    "xpu.into"(%t, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    "xpu.into"(%v, %verdict) : (tensor<6xi32, "device">, memref<6xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}
