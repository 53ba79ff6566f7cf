//@ until: verify
// What an allocation refuses.

func.func @alloc_c1(%n: index) {
  // expected-error @below {{alloc_c1: expected 1 size operands, found 2}}
  %0 = "xpu.alloc"(%n, %n) : (index, index) -> memref<?xi32, "device">
  return
}

// -----

func.func @alloc_c2(%n: index) {
  // expected-error @below {{alloc_c2: result must be dense, found memref<?xi32, strided<[1], offset: ?>, "device">}}
  %0 = "xpu.alloc"(%n) : (index) -> memref<?xi32, strided<[1], offset: ?>, "device">
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @size(%n: i32) {
  // expected-error @below {{expected 'index' but got 'i32'}}
  %0 = "xpu.alloc"(%n) : (i32) -> memref<?xi32, "device">
  return
}

// -----

func.func @tensor() {
  // expected-error @below {{expected base type 'builtin.memref' but got 'builtin.tensor'}}
  %0 = "xpu.alloc"() : () -> tensor<4xi32, "device">
  return
}
