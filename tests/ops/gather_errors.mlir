//@ until: verify
// What a gather refuses.

func.func @gather_c1(%t: memref<?xi32, "device">, %i: memref<?xi32, "device">) {
  // expected-error @below {{gather_c1: expected an out operand or a result, found neither}}
  "xpu.gather"(%t, %i) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @gather_c1_both(%t: memref<?xi32, "device">, %i: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{gather_c1: expected an out operand or a result, found both}}
  %0 = "xpu.gather"(%t, %i, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

func.func @gather_c1_tensor(%t: memref<?xi32, "device">, %i: tensor<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{gather_c1: buffer form takes memrefs, index is tensor<?xi32, "device">}}
  "xpu.gather"(%t, %i, %out) : (memref<?xi32, "device">, tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @gather_c1_memref(%t: memref<?xi32, "device">, %i: tensor<?xi32, "device">) {
  // expected-error @below {{gather_c1: value form takes tensors, table is memref<?xi32, "device">}}
  %0 = "xpu.gather"(%t, %i) : (memref<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

func.func @gather_c2(%t: memref<?xi64, "device">, %i: memref<?xi64, "device">, %out: memref<?xi64, "device">) {
  // expected-error @below {{gather_c2: index must have i32 elements, found i64}}
  "xpu.gather"(%t, %i, %out) : (memref<?xi64, "device">, memref<?xi64, "device">, memref<?xi64, "device">) -> ()
  return
}

// -----

func.func @gather_c3(%t: memref<?x4xi32, "device">, %i: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{gather_c3: table must have rank 1, found rank 2}}
  "xpu.gather"(%t, %i, %out) : (memref<?x4xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @gather_c4(%t: tensor<?xi32, "device">, %i: tensor<?xi32, "device">) {
  // expected-error @below {{gather_c4: result must have i32 elements, found i64}}
  %0 = "xpu.gather"(%t, %i) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi64, "device">
  return
}

// -----

func.func @gather_c5(%t: memref<?xi32, "device">, %i: memref<?x2xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{gather_c5: out must have rank 2, found rank 1}}
  "xpu.gather"(%t, %i, %out) : (memref<?xi32, "device">, memref<?x2xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @gather_c6(%t: memref<?xi32, "device">, %i: memref<?x2xi32, "device">, %out: memref<4x3xi32, "device">) {
  // expected-error @below {{gather_c6: out must have size 2 in dimension 1, found 3}}
  "xpu.gather"(%t, %i, %out) : (memref<?xi32, "device">, memref<?x2xi32, "device">, memref<4x3xi32, "device">) -> ()
  return
}

// -----

func.func @gather_c7(%t: memref<?xi32, "device">, %i: memref<?xi32, "host">, %out: memref<?xi32, "device">) {
  // expected-error @below {{gather_c7: index is in host, expected device}}
  "xpu.gather"(%t, %i, %out) : (memref<?xi32, "device">, memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @gather_c7_result(%t: tensor<?xi32, "device">, %i: tensor<?xi32, "device">) {
  // expected-error @below {{gather_c7: result is in host, expected device}}
  %0 = "xpu.gather"(%t, %i) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "host">
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @scalar_index(%t: memref<?xi32, "device">, %i: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{'i32' does not satisfy the constraint}}
  "xpu.gather"(%t, %i, %out) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @operands(%t: memref<?xi32, "device">, %i: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{op expects at most 3 operands, but got 4}}
  "xpu.gather"(%t, %i, %out, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @out_tensor(%t: tensor<?xi32, "device">, %i: tensor<?xi32, "device">, %out: tensor<?xi32, "device">) {
  // expected-error @below {{expected base type 'builtin.memref' but got 'builtin.tensor'}}
  "xpu.gather"(%t, %i, %out) : (tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">) -> ()
  return
}
