//@ until: verify
// What a check refuses.

func.func @require_c1(%n: i32) {
  // expected-error @below {{require_c1: predicate must be eq, ne, slt, sle, sgt or sge, found ult}}
  "xpu.require"(%n, %n) {predicate = "ult", message = "n"} : (i32, i32) -> ()
  return
}

// -----

func.func @require_c2(%n: i32, %y: memref<?xi32, "host">) {
  // expected-error @below {{require_c2: y must be a scalar like x, found memref<?xi32, "host">}}
  "xpu.require"(%n, %y) {predicate = "sle", message = "n"} : (i32, memref<?xi32, "host">) -> ()
  return
}

// -----

func.func @require_c3(%x: memref<?xi32, "host">, %n: i64) {
  // expected-error @below {{require_c3: y must have i32 elements, found i64}}
  "xpu.require"(%x, %n) {predicate = "sle", message = "x"} : (memref<?xi32, "host">, i64) -> ()
  return
}

// -----

func.func @require_c3_i1(%x: memref<?xi1, "host">, %n: i32) {
  // expected-error @below {{require_c3: x must have i32 or i64 elements, found i1}}
  "xpu.require"(%x, %n) {predicate = "sle", message = "x"} : (memref<?xi1, "host">, i32) -> ()
  return
}

// -----

func.func @require_c3_scalars(%n: index, %m: i32) {
  // expected-error @below {{require_c3: y must have index elements, found i32}}
  "xpu.require"(%n, %m) {predicate = "eq", message = "rows"} : (index, i32) -> ()
  return
}

// -----

func.func @require_c4(%x: memref<?x4xi32, "host">, %n: i32) {
  // expected-error @below {{require_c4: x must have rank 1, found rank 2}}
  "xpu.require"(%x, %n) {predicate = "sle", message = "x"} : (memref<?x4xi32, "host">, i32) -> ()
  return
}

// -----

func.func @require_c4_y(%x: memref<?xi32, "host">, %y: memref<?x4xi32, "host">) {
  // expected-error @below {{require_c4: y must have rank 1, found rank 2}}
  "xpu.require"(%x, %y) {predicate = "sle", message = "x"} : (memref<?xi32, "host">, memref<?x4xi32, "host">) -> ()
  return
}

// -----

func.func @require_c5(%x: tensor<8xi32, "host">, %y: tensor<9xi32, "host">) {
  // expected-error @below {{require_c5: y must have size 8 in dimension 0, found 9}}
  "xpu.require"(%x, %y) {predicate = "sle", message = "x"} : (tensor<8xi32, "host">, tensor<9xi32, "host">) -> ()
  return
}

// -----

func.func @require_c6(%x: memref<?xi32, "device">, %n: i32) {
  // expected-error @below {{require_c6: x is in device, expected host}}
  "xpu.require"(%x, %n) {predicate = "sle", message = "x"} : (memref<?xi32, "device">, i32) -> ()
  return
}

// -----

func.func @require_c6_y(%x: memref<?xi32, "host">, %y: memref<?xi32, "device">) {
  // expected-error @below {{require_c6: y is in device, expected host}}
  "xpu.require"(%x, %y) {predicate = "sle", message = "x"} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @require_c7(%flag: i1, %n: i32) {
  scf.if %flag {
  // expected-error @below {{require_c7: expected at the top level of a function body, found in scf.if}}
    "xpu.require"(%n, %n) {predicate = "sle", message = "n"} : (i32, i32) -> ()
  }
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @no_message(%n: i32) {
  // expected-error @below {{attribute "message" is expected but not provided}}
  "xpu.require"(%n, %n) {predicate = "sle"} : (i32, i32) -> ()
  return
}

// -----

func.func @flag(%n: i1) {
  // expected-error @below {{'i1' does not satisfy the constraint}}
  "xpu.require"(%n, %n) {predicate = "eq", message = "n"} : (i1, i1) -> ()
  return
}
