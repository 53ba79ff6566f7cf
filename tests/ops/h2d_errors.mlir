//@ until: verify
// What a transfer from host to device refuses.

func.func @h2d_c1(%s: tensor<?xi32, "host">, %d: memref<?xi32, "device">) {
  // expected-error @below {{h2d_c1: buffer form takes memrefs, src is tensor<?xi32, "host">}}
  "xpu.h2d"(%s, %d) : (tensor<?xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @h2d_c2(%s: memref<?xi32, "host">, %d: memref<?xi32, "device">) {
  // expected-error @below {{h2d_c2: blocking must be a unit attribute, found true}}
  "xpu.h2d"(%s, %d) {blocking = true} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @h2d_c3(%s: memref<?xi32, "host">, %d: memref<?xi64, "device">) {
  // expected-error @below {{h2d_c3: out must have i32 elements, found i64}}
  "xpu.h2d"(%s, %d) : (memref<?xi32, "host">, memref<?xi64, "device">) -> ()
  return
}

// -----

func.func @h2d_c4(%s: memref<?x4xi32, "host">, %d: memref<?xi32, "device">) {
  // expected-error @below {{h2d_c4: out must have rank 2, found rank 1}}
  "xpu.h2d"(%s, %d) : (memref<?x4xi32, "host">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @h2d_c5(%s: tensor<8xi32, "host">) {
  // expected-error @below {{h2d_c5: result must have size 8 in dimension 0, found 7}}
  %0 = "xpu.h2d"(%s) : (tensor<8xi32, "host">) -> tensor<7xi32, "device">
  return
}

// -----

func.func @h2d_c6(%s: memref<?xi32, "device">, %d: memref<?xi32, "device">) {
  // expected-error @below {{h2d_c6: src is in device, expected host}}
  "xpu.h2d"(%s, %d) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @h2d_c6_result(%s: tensor<?xi32, "host">) {
  // expected-error @below {{h2d_c6: result is in host, expected device}}
  %0 = "xpu.h2d"(%s) : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}
