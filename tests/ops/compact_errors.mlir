//@ until: verify
// What a compaction refuses.

func.func @compact_c1(%x: memref<?xi32, "device">, %m: tensor<?xi1, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{compact_c1: buffer form takes memrefs, mask is tensor<?xi1, "device">}}
  "xpu.compact"(%x, %m, %out) : (memref<?xi32, "device">, tensor<?xi1, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @compact_c2(%x: memref<?xi32, "device">, %m: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{compact_c2: mask must have i1 elements, found i32}}
  "xpu.compact"(%x, %m, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @compact_c3(%x: memref<?xi32, "device">, %m: memref<?xi1, "device">, %out: memref<?xi64, "device">) {
  // expected-error @below {{compact_c3: out must have i32 elements, found i64}}
  "xpu.compact"(%x, %m, %out) : (memref<?xi32, "device">, memref<?xi1, "device">, memref<?xi64, "device">) -> ()
  return
}

// -----

func.func @compact_c4(%x: memref<?xi32, "device">, %m: memref<?x1xi1, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{compact_c4: mask must have rank 1, found rank 2}}
  "xpu.compact"(%x, %m, %out) : (memref<?xi32, "device">, memref<?x1xi1, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @compact_c5(%x: tensor<8xi32, "device">, %m: tensor<9xi1, "device">) {
  // expected-error @below {{compact_c5: mask must have size 8 in dimension 0, found 9}}
  %0 = "xpu.compact"(%x, %m) : (tensor<8xi32, "device">, tensor<9xi1, "device">) -> tensor<8xi32, "device">
  return
}

// -----

func.func @compact_c5_out(%x: memref<8xi32, "device">, %m: memref<8xi1, "device">, %out: memref<7xi32, "device">) {
  // expected-error @below {{compact_c5: out must have size 8 in dimension 0, found 7}}
  "xpu.compact"(%x, %m, %out) : (memref<8xi32, "device">, memref<8xi1, "device">, memref<7xi32, "device">) -> ()
  return
}

// -----

func.func @compact_c6(%x: memref<?xi32, "device">, %m: memref<?xi1, "host">, %out: memref<?xi32, "device">) {
  // expected-error @below {{compact_c6: mask is in host, expected device}}
  "xpu.compact"(%x, %m, %out) : (memref<?xi32, "device">, memref<?xi1, "host">, memref<?xi32, "device">) -> ()
  return
}
