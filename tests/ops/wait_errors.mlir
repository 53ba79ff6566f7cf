//@ until: verify
// A wait takes nothing.

// From IRDL: kinds, counts and required attributes.
func.func @operand(%n: i32) {
  // expected-error @below {{op expects exactly 0 operands, but got 1}}
  "xpu.wait"(%n) : (i32) -> ()
  return
}
