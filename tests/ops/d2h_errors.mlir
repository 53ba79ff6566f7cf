//@ until: verify
// What a transfer from device to host refuses.

func.func @d2h_c1(%s: tensor<?xi32, "device">, %d: memref<?xi32, "host">) {
  // expected-error @below {{d2h_c1: buffer form takes memrefs, src is tensor<?xi32, "device">}}
  "xpu.d2h"(%s, %d) : (tensor<?xi32, "device">, memref<?xi32, "host">) -> ()
  return
}

// -----

func.func @d2h_c2(%s: memref<?xi32, "device">, %d: memref<?xi32, "host">) {
  // expected-error @below {{d2h_c2: blocking must be a unit attribute, found true}}
  "xpu.d2h"(%s, %d) {blocking = true} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  return
}

// -----

func.func @d2h_c3(%s: memref<?xi32, "device">, %d: memref<?xi64, "host">) {
  // expected-error @below {{d2h_c3: out must have i32 elements, found i64}}
  "xpu.d2h"(%s, %d) : (memref<?xi32, "device">, memref<?xi64, "host">) -> ()
  return
}

// -----

func.func @d2h_c4(%s: memref<?x4xi32, "device">, %d: memref<?xi32, "host">) {
  // expected-error @below {{d2h_c4: out must have rank 2, found rank 1}}
  "xpu.d2h"(%s, %d) : (memref<?x4xi32, "device">, memref<?xi32, "host">) -> ()
  return
}

// -----

func.func @d2h_c5(%s: tensor<8xi32, "device">) {
  // expected-error @below {{d2h_c5: result must have size 8 in dimension 0, found 7}}
  %0 = "xpu.d2h"(%s) : (tensor<8xi32, "device">) -> tensor<7xi32, "host">
  return
}

// -----

func.func @d2h_c6(%s: memref<?xi32, "host">, %d: memref<?xi32, "host">) {
  // expected-error @below {{d2h_c6: src is in host, expected device}}
  "xpu.d2h"(%s, %d) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

func.func @d2h_c6_result(%s: tensor<?xi32, "device">) {
  // expected-error @below {{d2h_c6: result is in device, expected host}}
  %0 = "xpu.d2h"(%s) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  return
}
