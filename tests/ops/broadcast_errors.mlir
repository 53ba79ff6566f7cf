//@ until: verify
// What the seven broadcast ops refuse.

func.func @broadcast_c1(%x: memref<?xi32, "device">, %y: i32) {
  // expected-error @below {{broadcast_c1: expected an out operand or a result, found neither}}
  "xpu.broadcast_add"(%x, %y) : (memref<?xi32, "device">, i32) -> ()
  return
}

// -----

func.func @broadcast_c1_tensor(%x: tensor<?xi32, "device">, %y: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{broadcast_c1: buffer form takes memrefs, x is tensor<?xi32, "device">}}
  "xpu.broadcast_add"(%x, %y, %out) : (tensor<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @broadcast_c2(%x: i32, %y: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{broadcast_c2: expected a memref or tensor in x or y, found two scalars}}
  "xpu.broadcast_sub"(%x, %y, %out) : (i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @broadcast_c3(%x: memref<?xi32, "device">, %y: i64, %out: memref<?xi32, "device">) {
  // expected-error @below {{broadcast_c3: y must have i32 elements, found i64}}
  "xpu.broadcast_mul"(%x, %y, %out) : (memref<?xi32, "device">, i64, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @broadcast_c3_i1(%x: tensor<?xi1, "device">, %y: tensor<?xi1, "device">) {
  // expected-error @below {{broadcast_c3: x must have i32 or i64 elements, found i1}}
  %0 = "xpu.broadcast_max"(%x, %y) : (tensor<?xi1, "device">, tensor<?xi1, "device">) -> tensor<?xi1, "device">
  return
}

// -----

func.func @broadcast_c3_result(%x: tensor<?xi32, "device">, %y: i32) {
  // expected-error @below {{broadcast_c3: result must have i32 elements, found i64}}
  %0 = "xpu.broadcast_add"(%x, %y) : (tensor<?xi32, "device">, i32) -> tensor<?xi64, "device">
  return
}

// -----

func.func @broadcast_c4(%x: memref<?x4xi32, "device">, %y: memref<4xi32, "device">, %out: memref<?x4xi32, "device">) {
  // expected-error @below {{broadcast_c4: y must have rank 2, found rank 1}}
  "xpu.broadcast_floordiv"(%x, %y, %out) : (memref<?x4xi32, "device">, memref<4xi32, "device">, memref<?x4xi32, "device">) -> ()
  return
}

// -----

func.func @broadcast_c4_out(%x: i32, %y: memref<?x4xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{broadcast_c4: out must have rank 2, found rank 1}}
  "xpu.broadcast_floordiv"(%x, %y, %out) : (i32, memref<?x4xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @broadcast_c5(%x: memref<?x4xi32, "device">, %y: memref<?x3xi32, "device">, %out: memref<?x4xi32, "device">) {
  // expected-error @below {{broadcast_c5: y must have size 4 or 1 in dimension 1, found 3}}
  "xpu.broadcast_mod"(%x, %y, %out) : (memref<?x4xi32, "device">, memref<?x3xi32, "device">, memref<?x4xi32, "device">) -> ()
  return
}

// -----

func.func @broadcast_c6(%x: tensor<?x1xi32, "device">, %y: tensor<1x4xi32, "device">) {
  // expected-error @below {{broadcast_c6: result must have size 4 in dimension 1, found 1}}
  %0 = "xpu.broadcast_min"(%x, %y) : (tensor<?x1xi32, "device">, tensor<1x4xi32, "device">) -> tensor<?x1xi32, "device">
  return
}

// -----

func.func @broadcast_c7(%x: memref<?xi32, "device">, %y: memref<?xi32, "host">, %out: memref<?xi32, "device">) {
  // expected-error @below {{broadcast_c7: y is in host, expected device}}
  "xpu.broadcast_add"(%x, %y, %out) : (memref<?xi32, "device">, memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @index(%x: memref<?xi32, "device">, %y: index, %out: memref<?xi32, "device">) {
  // expected-error @below {{'index' does not satisfy the constraint}}
  "xpu.broadcast_add"(%x, %y, %out) : (memref<?xi32, "device">, index, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @one_operand(%x: tensor<?xi32, "device">) {
  // expected-error @below {{op expects at least 2 operands, but got 1}}
  %0 = "xpu.broadcast_max"(%x) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  return
}
