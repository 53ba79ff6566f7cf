//@ until: verify
// Element types, spaces and layouts that no op takes.

func.func @type_c1(%x: memref<?xf32, "host">, %out: memref<?xf32, "host">) {
  // expected-error @below {{type_c1: src must have i1, i32 or i64 elements, found f32}}
  "xpu.copy"(%x, %out) : (memref<?xf32, "host">, memref<?xf32, "host">) -> ()
  return
}

// -----

func.func @type_c1_result(%t: tensor<?xi32, "device">) {
  // expected-error @below {{type_c1: result must have i1, i32 or i64 elements, found i8}}
  %0 = "xpu.materialize"(%t) : (tensor<?xi32, "device">) -> memref<?xi8, "device">
  return
}

// -----

func.func @type_c2(%x: memref<?xi32>, %out: memref<?xi32, "device">) {
  // expected-error @below {{type_c2: src must be dense or a rank-1 unit-stride slice, in host, device, shared or local, found memref<?xi32>}}
  "xpu.copy"(%x, %out) : (memref<?xi32>, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @type_c2_unknown_space() {
  // expected-error @below {{type_c2: result must be dense or a rank-1 unit-stride slice, in host, device, shared or local, found memref<4xi32, "gpu">}}
  %0 = "xpu.alloc"() : () -> memref<4xi32, "gpu">
  return
}

// -----

func.func @type_c2_empty_space() {
  // expected-error @below {{type_c2: result must be dense or a rank-1 unit-stride slice, in host, device, shared or local, found memref<4xi32, "">}}
  %0 = "xpu.alloc"() : () -> memref<4xi32, "">
  return
}

// -----

func.func @type_c2_tensor(%t: tensor<?xi32>, %out: memref<?xi32, "device">) {
  // expected-error @below {{type_c2: value must be dense or a rank-1 unit-stride slice, in host, device, shared or local, found tensor<?xi32>}}
  "xpu.into"(%t, %out) : (tensor<?xi32>, memref<?xi32, "device">) -> ()
  return
}

// -----

// expected-error @below {{func_c5: argument 0 must be dense or a rank-1 unit-stride slice, found memref<?xi32, strided<[2]>, "device">}}
func.func @type_c2_stride(%x: memref<?xi32, strided<[2]>, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{type_c2: src must be dense or a rank-1 unit-stride slice, in host, device, shared or local, found memref<?xi32, strided<[2]>, "device">}}
  "xpu.copy"(%x, %out) : (memref<?xi32, strided<[2]>, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// expected-error @below {{func_c5: argument 0 must be dense or a rank-1 unit-stride slice, found memref<4x4xi32, strided<[8, 1]>, "device">}}
func.func @type_c2_rows(%x: memref<4x4xi32, strided<[8, 1]>, "device">, %out: memref<4x4xi32, "device">) {
  // expected-error @below {{type_c2: src must be dense or a rank-1 unit-stride slice, in host, device, shared or local, found memref<4x4xi32, strided<[8, 1]>, "device">}}
  "xpu.copy"(%x, %out) : (memref<4x4xi32, strided<[8, 1]>, "device">, memref<4x4xi32, "device">) -> ()
  return
}
