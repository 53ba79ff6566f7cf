//@ until: verify
// What an expansion refuses.

func.func @expand_c1(%lod: tensor<?xi32, "device">, %n: index) {
  // expected-error @below {{expand_c1: expected an out operand or a result, found neither}}
  "xpu.expand"(%lod, %n) : (tensor<?xi32, "device">, index) -> ()
  return
}

// -----

func.func @expand_c2(%lod: memref<?xi1, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{expand_c2: lod must have i32 or i64 elements, found i1}}
  "xpu.expand"(%lod, %out) : (memref<?xi1, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @expand_c2_result(%lod: tensor<?xi64, "device">, %n: index) {
  // expected-error @below {{expand_c2: result must have i32 elements, found i64}}
  %0 = "xpu.expand"(%lod, %n) : (tensor<?xi64, "device">, index) -> tensor<?xi64, "device">
  return
}

// -----

func.func @expand_c3(%lod: memref<?xi32, "device">, %out: memref<?x2xi32, "device">) {
  // expected-error @below {{expand_c3: out must have rank 1, found rank 2}}
  "xpu.expand"(%lod, %out) : (memref<?xi32, "device">, memref<?x2xi32, "device">) -> ()
  return
}

// -----

func.func @expand_c3_lod(%lod: memref<?x2xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{expand_c3: lod must have rank 1, found rank 2}}
  "xpu.expand"(%lod, %out) : (memref<?x2xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @expand_c4(%lod: memref<?xi32, "host">, %out: memref<?xi32, "device">) {
  // expected-error @below {{expand_c4: out is in device, expected host}}
  "xpu.expand"(%lod, %out) : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @size(%lod: tensor<?xi32, "device">, %n: i32) {
  // expected-error @below {{'i32' does not satisfy the constraint}}
  %0 = "xpu.expand"(%lod, %n) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  return
}
