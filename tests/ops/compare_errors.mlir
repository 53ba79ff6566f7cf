//@ until: verify
// What a comparison refuses.

func.func @compare_c1(%x: memref<?xi32, "device">, %y: i32, %out: memref<?xi1, "device">) {
  // expected-error @below {{compare_c1: expected an out operand or a result, found both}}
  %0 = "xpu.compare"(%x, %y, %out) {predicate = "eq"} : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> tensor<?xi1, "device">
  return
}

// -----

func.func @compare_c2(%x: memref<?xi32, "device">, %y: i32, %out: memref<?xi1, "device">) {
  // expected-error @below {{compare_c2: predicate must be eq, ne, slt, sle, sgt or sge, found lt}}
  "xpu.compare"(%x, %y, %out) {predicate = "lt"} : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> ()
  return
}

// -----

func.func @compare_c3(%x: i32, %y: i32, %out: memref<?xi1, "device">) {
  // expected-error @below {{compare_c3: expected a memref or tensor in x or y, found two scalars}}
  "xpu.compare"(%x, %y, %out) {predicate = "eq"} : (i32, i32, memref<?xi1, "device">) -> ()
  return
}

// -----

func.func @compare_c4(%x: memref<?xi32, "device">, %y: memref<?xi64, "device">, %out: memref<?xi1, "device">) {
  // expected-error @below {{compare_c4: y must have i32 elements, found i64}}
  "xpu.compare"(%x, %y, %out) {predicate = "eq"} : (memref<?xi32, "device">, memref<?xi64, "device">, memref<?xi1, "device">) -> ()
  return
}

// -----

func.func @compare_c4_i1(%x: tensor<?xi1, "device">, %y: i1) {
  // expected-error @below {{compare_c4: x must have i32 or i64 elements, found i1}}
  %0 = "xpu.compare"(%x, %y) {predicate = "slt"} : (tensor<?xi1, "device">, i1) -> tensor<?xi1, "device">
  return
}

// -----

func.func @compare_c5(%x: memref<?xi32, "device">, %y: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{compare_c5: out must have i1 elements, found i32}}
  "xpu.compare"(%x, %y, %out) {predicate = "eq"} : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @compare_c6(%x: memref<?xi32, "device">, %y: i32, %out: memref<?x2xi1, "device">) {
  // expected-error @below {{compare_c6: out must have rank 1, found rank 2}}
  "xpu.compare"(%x, %y, %out) {predicate = "eq"} : (memref<?xi32, "device">, i32, memref<?x2xi1, "device">) -> ()
  return
}

// -----

func.func @compare_c7(%x: memref<4xi32, "device">, %y: memref<5xi32, "device">, %out: memref<4xi1, "device">) {
  // expected-error @below {{compare_c7: y must have size 4 or 1 in dimension 0, found 5}}
  "xpu.compare"(%x, %y, %out) {predicate = "eq"} : (memref<4xi32, "device">, memref<5xi32, "device">, memref<4xi1, "device">) -> ()
  return
}

// -----

func.func @compare_c7_result(%x: tensor<4xi32, "device">, %y: i32) {
  // expected-error @below {{compare_c7: result must have size 4 in dimension 0, found 5}}
  %0 = "xpu.compare"(%x, %y) {predicate = "eq"} : (tensor<4xi32, "device">, i32) -> tensor<5xi1, "device">
  return
}

// -----

func.func @compare_c8(%x: memref<?xi32, "host">, %y: i32, %out: memref<?xi1, "device">) {
  // expected-error @below {{compare_c8: out is in device, expected host}}
  "xpu.compare"(%x, %y, %out) {predicate = "eq"} : (memref<?xi32, "host">, i32, memref<?xi1, "device">) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @no_predicate(%x: memref<?xi32, "device">, %y: i32, %out: memref<?xi1, "device">) {
  // expected-error @below {{attribute "predicate" is expected but not provided}}
  "xpu.compare"(%x, %y, %out) : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> ()
  return
}

// -----

func.func @number(%x: memref<?xi32, "device">, %y: i32, %out: memref<?xi1, "device">) {
  // expected-error @below {{expected base attribute 'builtin.string' but got 'builtin.integer'}}
  "xpu.compare"(%x, %y, %out) {predicate = 2 : i64} : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> ()
  return
}
