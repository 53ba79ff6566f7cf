//@ until: verify
// What a write of a value refuses.

func.func @into_c1(%x: tensor<?xi32, "device">, %d: memref<?xi1, "device">) {
  // expected-error @below {{into_c1: dst must have i32 elements, found i1}}
  "xpu.into"(%x, %d) : (tensor<?xi32, "device">, memref<?xi1, "device">) -> ()
  return
}

// -----

func.func @into_c2(%x: tensor<?xi32, "device">, %d: memref<?x1xi32, "device">) {
  // expected-error @below {{into_c2: dst must have rank 1, found rank 2}}
  "xpu.into"(%x, %d) : (tensor<?xi32, "device">, memref<?x1xi32, "device">) -> ()
  return
}

// -----

func.func @into_c3(%x: tensor<8xi32, "device">, %d: memref<9xi32, "device">) {
  // expected-error @below {{into_c3: dst must have size 8 in dimension 0, found 9}}
  "xpu.into"(%x, %d) : (tensor<8xi32, "device">, memref<9xi32, "device">) -> ()
  return
}

// -----

func.func @into_c4(%x: tensor<?xi32, "device">, %d: memref<?xi32, "host">) {
  // expected-error @below {{into_c4: dst is in host, expected device}}
  "xpu.into"(%x, %d) : (tensor<?xi32, "device">, memref<?xi32, "host">) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @memref(%x: memref<?xi32, "device">, %d: memref<?xi32, "device">) {
  // expected-error @below {{expected base type 'builtin.tensor' but got 'builtin.memref'}}
  "xpu.into"(%x, %d) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
