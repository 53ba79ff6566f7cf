//@ until: verify
// What a constant refuses.

func.func @constant_c1(%v: i32, %n: index) {
  // expected-error @below {{constant_c1: expected an out operand or a result, found neither}}
  "xpu.constant"(%v, %n) : (i32, index) -> ()
  return
}

// -----

func.func @constant_c1_both(%v: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{constant_c1: expected an out operand or a result, found both}}
  %0 = "xpu.constant"(%v, %out) : (i32, memref<?xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

func.func @constant_c1_two(%v: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{constant_c1: expected one out operand, found 2}}
  "xpu.constant"(%v, %out, %out) : (i32, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @constant_c2(%v: i32, %out: memref<?xi64, "device">) {
  // expected-error @below {{constant_c2: out must have i32 elements, found i64}}
  "xpu.constant"(%v, %out) : (i32, memref<?xi64, "device">) -> ()
  return
}

// -----

func.func @constant_c3(%v: i32, %n: index) {
  // expected-error @below {{constant_c3: expected 2 size operands, found 1}}
  %0 = "xpu.constant"(%v, %n) : (i32, index) -> tensor<?x?xi32, "device">
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @value(%v: f32, %out: memref<?xi32, "device">) {
  // expected-error @below {{'f32' does not satisfy the constraint}}
  "xpu.constant"(%v, %out) : (f32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @mixed(%v: i32, %n: index, %out: memref<?xi32, "device">) {
  // expected-error @below {{expected 'index' but got 'memref<?xi32, "device">'}}
  "xpu.constant"(%v, %n, %out) : (i32, index, memref<?xi32, "device">) -> ()
  return
}
