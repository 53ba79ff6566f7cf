//@ until: verify
// What a select refuses.

func.func @select_c1(%m: memref<?xi1, "device">, %x: i32, %y: i32) {
  // expected-error @below {{select_c1: value form takes tensors, mask is memref<?xi1, "device">}}
  %0 = "xpu.select"(%m, %x, %y) : (memref<?xi1, "device">, i32, i32) -> tensor<?xi32, "device">
  return
}

// -----

func.func @select_c2(%m: memref<?xi32, "device">, %x: i32, %y: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{select_c2: mask must have i1 elements, found i32}}
  "xpu.select"(%m, %x, %y, %out) : (memref<?xi32, "device">, i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @select_c3(%m: memref<?xi1, "device">, %x: i32, %y: i64, %out: memref<?xi32, "device">) {
  // expected-error @below {{select_c3: y must have i32 elements, found i64}}
  "xpu.select"(%m, %x, %y, %out) : (memref<?xi1, "device">, i32, i64, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @select_c3_out(%m: memref<?xi1, "device">, %x: i32, %y: i32, %out: memref<?xi1, "device">) {
  // expected-error @below {{select_c3: out must have i32 elements, found i1}}
  "xpu.select"(%m, %x, %y, %out) : (memref<?xi1, "device">, i32, i32, memref<?xi1, "device">) -> ()
  return
}

// -----

func.func @select_c4(%m: memref<?x4xi1, "device">, %x: memref<4xi32, "device">, %y: i32, %out: memref<?x4xi32, "device">) {
  // expected-error @below {{select_c4: x must have rank 2, found rank 1}}
  "xpu.select"(%m, %x, %y, %out) : (memref<?x4xi1, "device">, memref<4xi32, "device">, i32, memref<?x4xi32, "device">) -> ()
  return
}

// -----

func.func @select_c5(%m: tensor<8xi1, "device">, %x: i32, %y: tensor<1xi32, "device">) {
  // expected-error @below {{select_c5: y must have size 8 in dimension 0, found 1}}
  %0 = "xpu.select"(%m, %x, %y) : (tensor<8xi1, "device">, i32, tensor<1xi32, "device">) -> tensor<8xi32, "device">
  return
}

// -----

func.func @select_c6(%m: memref<?xi1, "host">, %x: memref<?xi32, "device">, %y: i32, %out: memref<?xi32, "host">) {
  // expected-error @below {{select_c6: x is in device, expected host}}
  "xpu.select"(%m, %x, %y, %out) : (memref<?xi1, "host">, memref<?xi32, "device">, i32, memref<?xi32, "host">) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @scalar_mask(%m: i1, %x: memref<?xi32, "device">, %y: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{'i1' does not satisfy the constraint}}
  "xpu.select"(%m, %x, %y, %out) : (i1, memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}
