//@ until: verify
// Only a buffer is freed.

// From IRDL: kinds, counts and required attributes.
func.func @tensor(%t: tensor<?xi32, "device">) {
  // expected-error @below {{expected base type 'builtin.memref' but got 'builtin.tensor'}}
  "xpu.free"(%t) : (tensor<?xi32, "device">) -> ()
  return
}
