//@ until: verify
// What a read refuses.

func.func @read_c1(%x: memref<?xi32, "device">) {
  // expected-error @below {{read_c1: result must have i32 elements, found i64}}
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi64, "device">
  return
}

// -----

func.func @read_c2(%x: memref<?x4xi32, "device">) {
  // expected-error @below {{read_c2: result must have rank 2, found rank 1}}
  %0 = "xpu.read"(%x) : (memref<?x4xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

func.func @read_c3(%x: memref<8xi32, "device">) {
  // expected-error @below {{read_c3: result must have size 8 in dimension 0, found 7}}
  %0 = "xpu.read"(%x) : (memref<8xi32, "device">) -> tensor<7xi32, "device">
  return
}

// -----

func.func @read_c4(%x: memref<?xi32, "device">) {
  // expected-error @below {{read_c4: result is in host, expected device}}
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "host">
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @tensor(%x: tensor<?xi32, "device">) {
  // expected-error @below {{expected base type 'builtin.memref' but got 'builtin.tensor'}}
  %0 = "xpu.read"(%x) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  return
}
