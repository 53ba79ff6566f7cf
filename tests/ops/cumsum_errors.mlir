//@ until: verify
// What running sums refuse.

func.func @cumsum_c1(%x: memref<?xi32, "device">) {
  // expected-error @below {{cumsum_c1: expected an out operand or a result, found neither}}
  "xpu.cumsum"(%x) : (memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @cumsum_c2(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{cumsum_c2: exclusive must be a unit attribute, found false}}
  "xpu.cumsum"(%x, %out) {exclusive = false} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @cumsum_c3(%x: memref<?xi1, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{cumsum_c3: x must have i32 or i64 elements, found i1}}
  "xpu.cumsum"(%x, %out) : (memref<?xi1, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @cumsum_c3_out(%x: memref<?xi32, "device">, %out: memref<?xi64, "device">) {
  // expected-error @below {{cumsum_c3: out must have i32 elements, found i64}}
  "xpu.cumsum"(%x, %out) : (memref<?xi32, "device">, memref<?xi64, "device">) -> ()
  return
}

// -----

func.func @cumsum_c4(%x: memref<?x4xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{cumsum_c4: x must have rank 1, found rank 2}}
  "xpu.cumsum"(%x, %out) : (memref<?x4xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @cumsum_c4_result(%x: tensor<?xi32, "device">) {
  // expected-error @below {{cumsum_c4: result must have rank 1, found rank 2}}
  %0 = "xpu.cumsum"(%x) : (tensor<?xi32, "device">) -> tensor<?x1xi32, "device">
  return
}

// -----

func.func @cumsum_c5(%x: memref<8xi32, "device">, %out: memref<9xi32, "device">) {
  // expected-error @below {{cumsum_c5: out must have size 8 in dimension 0, found 9}}
  "xpu.cumsum"(%x, %out) : (memref<8xi32, "device">, memref<9xi32, "device">) -> ()
  return
}

// -----

func.func @cumsum_c5_exclusive(%x: tensor<8xi32, "device">) {
  // expected-error @below {{cumsum_c5: result must have size 9 in dimension 0, found 8}}
  %0 = "xpu.cumsum"(%x) {exclusive} : (tensor<8xi32, "device">) -> tensor<8xi32, "device">
  return
}

// -----

func.func @cumsum_c6(%x: memref<?xi32, "device">, %out: memref<?xi32, "host">) {
  // expected-error @below {{cumsum_c6: out is in host, expected device}}
  "xpu.cumsum"(%x, %out) : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  return
}
