//@ until: verify
// What the two reductions refuse.

func.func @reduce_c1(%x: memref<?xi32, "device">, %out: memref<1xi32, "device">) {
  // expected-error @below {{reduce_c1: expected an out operand or a result, found both}}
  %0 = "xpu.reduce_sum"(%x, %out) : (memref<?xi32, "device">, memref<1xi32, "device">) -> tensor<1xi32, "device">
  return
}

// -----

func.func @reduce_c2(%x: memref<?xi1, "device">, %out: memref<1xi32, "device">) {
  // expected-error @below {{reduce_c2: x must have i32 or i64 elements, found i1}}
  "xpu.reduce_sum"(%x, %out) : (memref<?xi1, "device">, memref<1xi32, "device">) -> ()
  return
}

// -----

func.func @reduce_c3(%x: memref<?xi32, "device">, %out: memref<1xi64, "device">) {
  // expected-error @below {{reduce_c3: out must have i32 elements, found i64}}
  "xpu.reduce_max"(%x, %out) : (memref<?xi32, "device">, memref<1xi64, "device">) -> ()
  return
}

// -----

func.func @reduce_c3_sum(%x: memref<?xi32, "device">, %out: memref<1xi1, "device">) {
  // expected-error @below {{reduce_c3: out must have i32 or i64 elements, found i1}}
  "xpu.reduce_sum"(%x, %out) : (memref<?xi32, "device">, memref<1xi1, "device">) -> ()
  return
}

// -----

func.func @reduce_c3_narrow(%x: tensor<?xi64, "device">) {
  // expected-error @below {{reduce_c3: result must have i64 elements, found i32}}
  %0 = "xpu.reduce_sum"(%x) : (tensor<?xi64, "device">) -> tensor<1xi32, "device">
  return
}

// -----

func.func @reduce_c4(%x: memref<?x4xi32, "device">, %out: memref<1xi32, "device">) {
  // expected-error @below {{reduce_c4: x must have rank 1, found rank 2}}
  "xpu.reduce_max"(%x, %out) : (memref<?x4xi32, "device">, memref<1xi32, "device">) -> ()
  return
}

// -----

func.func @reduce_c4_result(%x: tensor<?xi32, "device">) {
  // expected-error @below {{reduce_c4: result must have rank 1, found rank 0}}
  %0 = "xpu.reduce_sum"(%x) : (tensor<?xi32, "device">) -> tensor<i32, "device">
  return
}

// -----

func.func @reduce_c5(%x: memref<?xi32, "device">, %out: memref<2xi32, "device">) {
  // expected-error @below {{reduce_c5: out must have size 1 in dimension 0, found 2}}
  "xpu.reduce_max"(%x, %out) : (memref<?xi32, "device">, memref<2xi32, "device">) -> ()
  return
}

// -----

func.func @reduce_c6(%x: memref<?xi32, "device">, %out: memref<1xi32, "host">) {
  // expected-error @below {{reduce_c6: out is in host, expected device}}
  "xpu.reduce_sum"(%x, %out) : (memref<?xi32, "device">, memref<1xi32, "host">) -> ()
  return
}
