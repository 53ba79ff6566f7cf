//@ until: verify
// What a range refuses.

func.func @range_c1(%a: i32, %n: index) {
  // expected-error @below {{range_c1: expected an out operand or a result, found neither}}
  "xpu.range"(%a, %a, %n) : (i32, i32, index) -> ()
  return
}

// -----

func.func @range_c1_both(%a: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{range_c1: expected an out operand or a result, found both}}
  %0 = "xpu.range"(%a, %a, %out) : (i32, i32, memref<?xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

func.func @range_c2(%a: i32, %out: memref<?xi64, "device">) {
  // expected-error @below {{range_c2: out must have i32 elements, found i64}}
  "xpu.range"(%a, %a, %out) : (i32, i32, memref<?xi64, "device">) -> ()
  return
}

// -----

func.func @range_c3(%a: i32, %n: index) {
  // expected-error @below {{range_c3: result must have rank 1, found rank 2}}
  %0 = "xpu.range"(%a, %a, %n) : (i32, i32, index) -> tensor<?x2xi32, "device">
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @step(%a: i32, %b: i64, %n: index) {
  // expected-error @below {{expected 'i32' but got 'i64'}}
  %0 = "xpu.range"(%a, %b, %n) : (i32, i64, index) -> tensor<?xi32, "device">
  return
}

// -----

func.func @no_size(%a: i32) {
  // expected-error @below {{op expects exactly 3 operands, but got 2}}
  %0 = "xpu.range"(%a, %a) : (i32, i32) -> tensor<?xi32, "device">
  return
}
