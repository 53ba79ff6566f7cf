//@ until: verify
// What a verdict refuses.

func.func @verdict_c1() {
  // expected-error @below {{verdict_c1: expected tensor<6xi32, "device">, found tensor<5xi32, "device">}}
  %v = "xpu.verdict"() : () -> tensor<5xi32, "device">
  return
}

// -----

func.func @verdict_c1_dynamic() {
  // expected-error @below {{verdict_c1: expected tensor<6xi32, "device">, found tensor<?xi32, "device">}}
  %v = "xpu.verdict"() : () -> tensor<?xi32, "device">
  return
}

// -----

func.func @verdict_c1_elements() {
  // expected-error @below {{verdict_c1: expected tensor<6xi32, "device">, found tensor<6xi64, "device">}}
  %v = "xpu.verdict"() : () -> tensor<6xi64, "device">
  return
}

// -----

func.func @verdict_c1_space() {
  // expected-error @below {{verdict_c1: expected tensor<6xi32, "device">, found tensor<6xi32, "host">}}
  %v = "xpu.verdict"() : () -> tensor<6xi32, "host">
  return
}

// -----

// From IRDL: kinds and counts.
func.func @operand(%n: i32) {
  // expected-error @below {{op expects exactly 0 operands, but got 1}}
  %v = "xpu.verdict"(%n) : (i32) -> tensor<6xi32, "device">
  return
}

// -----

func.func @memref() {
  // expected-error @below {{expected base type 'builtin.tensor' but got 'builtin.memref'}}
  %v = "xpu.verdict"() : () -> memref<6xi32, "device">
  return
}
