//@ until: verify
// What a fresh buffer of a value refuses.

func.func @materialize_c1(%x: tensor<?xi32, "device">) {
  // expected-error @below {{materialize_c1: result must have i32 elements, found i64}}
  %0 = "xpu.materialize"(%x) : (tensor<?xi32, "device">) -> memref<?xi64, "device">
  return
}

// -----

func.func @materialize_c2(%x: tensor<?xi32, "device">) {
  // expected-error @below {{materialize_c2: result must have rank 1, found rank 2}}
  %0 = "xpu.materialize"(%x) : (tensor<?xi32, "device">) -> memref<?x1xi32, "device">
  return
}

// -----

func.func @materialize_c3(%x: tensor<8xi32, "device">) {
  // expected-error @below {{materialize_c3: result must have size 8 in dimension 0, found 9}}
  %0 = "xpu.materialize"(%x) : (tensor<8xi32, "device">) -> memref<9xi32, "device">
  return
}

// -----

func.func @materialize_c4(%x: tensor<?xi32, "device">) {
  // expected-error @below {{materialize_c4: result is in host, expected device}}
  %0 = "xpu.materialize"(%x) : (tensor<?xi32, "device">) -> memref<?xi32, "host">
  return
}

// -----

func.func @materialize_c5(%x: tensor<?xi32, "device">) {
  // expected-error @below {{materialize_c5: result must be dense, found memref<?xi32, strided<[1], offset: ?>, "device">}}
  %0 = "xpu.materialize"(%x) : (tensor<?xi32, "device">) -> memref<?xi32, strided<[1], offset: ?>, "device">
  return
}
