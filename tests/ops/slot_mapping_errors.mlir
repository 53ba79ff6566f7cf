//@ until: verify
// What a slot mapping refuses.

func.func @slot_mapping_c1(%t: tensor<?xi32, "device">, %lod: tensor<?xi32, "device">, %s: tensor<?xi32, "device">, %b: tensor<?xi32, "device">, %c: i32, %n: index) {
  // expected-error @below {{slot_mapping_c1: expected an out operand or a result, found neither}}
  "xpu.slot_mapping"(%t, %lod, %s, %b, %c, %c, %c, %n) : (tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, i32, i32, i32, index) -> ()
  return
}

// -----

func.func @slot_mapping_c2(%t: memref<?xi32, "device">, %lod: memref<?xi64, "device">, %s: memref<?xi32, "device">, %b: memref<?xi32, "device">, %c: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{slot_mapping_c2: lod must have i32 elements, found i64}}
  "xpu.slot_mapping"(%t, %lod, %s, %b, %c, %c, %c, %out) : (memref<?xi32, "device">, memref<?xi64, "device">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @slot_mapping_c3(%t: memref<?x?xi32, "device">, %lod: memref<?xi32, "device">, %s: memref<?xi32, "device">, %b: memref<?xi32, "device">, %c: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{slot_mapping_c3: table must have rank 1, found rank 2}}
  "xpu.slot_mapping"(%t, %lod, %s, %b, %c, %c, %c, %out) : (memref<?x?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @slot_mapping_c4(%t: memref<?xi32, "device">, %lod: memref<9xi32, "device">, %s: memref<8xi32, "device">, %b: memref<7xi32, "device">, %c: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{slot_mapping_c4: batch_map must have at least 8 elements, found 7}}
  "xpu.slot_mapping"(%t, %lod, %s, %b, %c, %c, %c, %out) : (memref<?xi32, "device">, memref<9xi32, "device">, memref<8xi32, "device">, memref<7xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @slot_mapping_c4_start(%t: memref<?xi32, "device">, %lod: memref<9xi32, "device">, %s: memref<7xi32, "device">, %b: memref<8xi32, "device">, %c: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{slot_mapping_c4: start must have at least 8 elements, found 7}}
  "xpu.slot_mapping"(%t, %lod, %s, %b, %c, %c, %c, %out) : (memref<?xi32, "device">, memref<9xi32, "device">, memref<7xi32, "device">, memref<8xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @slot_mapping_c4_empty(%t: memref<?xi32, "device">, %lod: memref<0xi32, "device">, %s: memref<?xi32, "device">, %b: memref<?xi32, "device">, %c: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{slot_mapping_c4: lod must have at least 1 elements, found 0}}
  "xpu.slot_mapping"(%t, %lod, %s, %b, %c, %c, %c, %out) : (memref<?xi32, "device">, memref<0xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @slot_mapping_c5(%t: memref<?xi32, "device">, %lod: memref<?xi32, "host">, %s: memref<?xi32, "device">, %b: memref<?xi32, "device">, %c: i32, %out: memref<?xi32, "device">) {
  // expected-error @below {{slot_mapping_c5: lod is in host, expected device}}
  "xpu.slot_mapping"(%t, %lod, %s, %b, %c, %c, %c, %out) : (memref<?xi32, "device">, memref<?xi32, "host">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @pad(%t: memref<?xi32, "device">, %c: i32, %pad: i64, %out: memref<?xi32, "device">) {
  // expected-error @below {{expected 'i32' but got 'i64'}}
  "xpu.slot_mapping"(%t, %t, %t, %t, %c, %c, %pad, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i64, memref<?xi32, "device">) -> ()
  return
}
