//@ until: verify
// What the host cannot enforce.

func.func @enforce_c1(%v: memref<6xi32, "host">) {
  // expected-error @below {{enforce_c1: predicate must be eq, ne, slt, sle, sgt or sge, found ult}}
  "xpu.enforce"(%v) {clause = 0 : i64, predicate = "ult", message = "n"} : (memref<6xi32, "host">) -> ()
  return
}

// -----

func.func @enforce_c2(%v: memref<7xi32, "host">) {
  // expected-error @below {{enforce_c2: verdict must have size 6 in dimension 0, found 7}}
  "xpu.enforce"(%v) {clause = 0 : i64, predicate = "sge", message = "n"} : (memref<7xi32, "host">) -> ()
  return
}

// -----

func.func @enforce_c2_elements(%v: memref<6xi64, "host">) {
  // expected-error @below {{enforce_c2: verdict must have i32 elements, found i64}}
  "xpu.enforce"(%v) {clause = 0 : i64, predicate = "sge", message = "n"} : (memref<6xi64, "host">) -> ()
  return
}

// -----

func.func @enforce_c2_rank(%v: memref<6x1xi32, "host">) {
  // expected-error @below {{enforce_c2: verdict must have rank 1, found rank 2}}
  "xpu.enforce"(%v) {clause = 0 : i64, predicate = "sge", message = "n"} : (memref<6x1xi32, "host">) -> ()
  return
}

// -----

func.func @enforce_c3(%v: memref<6xi32, "device">) {
  // expected-error @below {{enforce_c3: verdict is in device, expected host}}
  "xpu.enforce"(%v) {clause = 0 : i64, predicate = "sge", message = "n"} : (memref<6xi32, "device">) -> ()
  return
}

// -----

func.func @enforce_c3_value(%v: tensor<6xi32, "device">) {
  // expected-error @below {{enforce_c3: verdict is in device, expected host}}
  "xpu.enforce"(%v) {clause = 0 : i64, predicate = "sge", message = "n"} : (tensor<6xi32, "device">) -> ()
  return
}

// -----

func.func @enforce_c4(%v: memref<6xi32, "host">) {
  // expected-error @below {{enforce_c4: clause must be an i64 of at least 0, found -1 : i64}}
  "xpu.enforce"(%v) {clause = -1 : i64, predicate = "sge", message = "n"} : (memref<6xi32, "host">) -> ()
  return
}

// -----

func.func @enforce_c4_i32(%v: memref<6xi32, "host">) {
  // expected-error @below {{enforce_c4: clause must be an i64 of at least 0, found 0 : i32}}
  "xpu.enforce"(%v) {clause = 0 : i32, predicate = "sge", message = "n"} : (memref<6xi32, "host">) -> ()
  return
}

// -----

func.func @enforce_c5(%v: memref<6xi32, "host">, %flag: i1) {
  scf.if %flag {
    // expected-error @below {{enforce_c5: expected at the top level of a function body, found in scf.if}}
    "xpu.enforce"(%v) {clause = 0 : i64, predicate = "sge", message = "n"} : (memref<6xi32, "host">) -> ()
  }
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @no_clause(%v: memref<6xi32, "host">) {
  // expected-error @below {{attribute "clause" is expected but not provided}}
  "xpu.enforce"(%v) {predicate = "sge", message = "n"} : (memref<6xi32, "host">) -> ()
  return
}

// -----

func.func @no_message(%v: memref<6xi32, "host">) {
  // expected-error @below {{attribute "message" is expected but not provided}}
  "xpu.enforce"(%v) {clause = 0 : i64, predicate = "sge"} : (memref<6xi32, "host">) -> ()
  return
}

// -----

func.func @scalar(%n: i32) {
  // expected-error @below {{'i32' does not satisfy the constraint}}
  "xpu.enforce"(%n) {clause = 0 : i64, predicate = "sge", message = "n"} : (i32) -> ()
  return
}

// -----

func.func @result(%v: memref<6xi32, "host">) {
  // expected-error @below {{op expects exactly 0 results, but got 1}}
  %0 = "xpu.enforce"(%v) {clause = 0 : i64, predicate = "sge", message = "n"} : (memref<6xi32, "host">) -> i32
  return
}
