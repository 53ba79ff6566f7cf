//@ until: verify
// What a copy refuses.

func.func @copy_c1(%x: memref<?xi32, "device">, %out: memref<?xi64, "device">) {
  // expected-error @below {{copy_c1: out must have i32 elements, found i64}}
  "xpu.copy"(%x, %out) : (memref<?xi32, "device">, memref<?xi64, "device">) -> ()
  return
}

// -----

func.func @copy_c2(%x: memref<?xi32, "device">, %out: memref<?x1xi32, "device">) {
  // expected-error @below {{copy_c2: out must have rank 1, found rank 2}}
  "xpu.copy"(%x, %out) : (memref<?xi32, "device">, memref<?x1xi32, "device">) -> ()
  return
}

// -----

func.func @copy_c3(%x: memref<4x8xi32, "device">, %out: memref<?x9xi32, "device">) {
  // expected-error @below {{copy_c3: out must have size 8 in dimension 1, found 9}}
  "xpu.copy"(%x, %out) : (memref<4x8xi32, "device">, memref<?x9xi32, "device">) -> ()
  return
}

// -----

func.func @copy_c4(%x: memref<?xi32, "host">, %out: memref<?xi32, "device">) {
  // expected-error @below {{copy_c4: out is in device, expected host}}
  "xpu.copy"(%x, %out) : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @no_value_form(%x: tensor<?xi32, "device">) {
  // expected-error @below {{op expects exactly 2 operands, but got 1}}
  %0 = "xpu.copy"(%x) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

func.func @tensor(%x: tensor<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{expected base type 'builtin.memref' but got 'builtin.tensor'}}
  "xpu.copy"(%x, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @copy_c5(%cluster: index, %core: index, %x: memref<?xi32, "device">, %out: memref<?xi32, "device">) attributes {xpu.kernel} {
  // expected-error @below {{copy_c5: in a kernel, expected device on one side and shared or local on the other, found device to device}}
  "xpu.copy"(%x, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
