//@ until: verify
// Where a barrier may not stand.

func.func @barrier_c1() {
  // expected-error @below {{barrier_c1: expected in a function with the unit attribute xpu.kernel}}
  "xpu.barrier"() : () -> ()
  return
}

// -----

func.func @barrier_c1_value(%cluster: index, %core: index) attributes {xpu.kernel = 1 : i32} {
  // expected-error @below {{barrier_c1: expected in a function with the unit attribute xpu.kernel}}
  "xpu.barrier"() : () -> ()
  return
}

// -----

// From IRDL: counts.
func.func @operand(%cluster: index, %core: index) attributes {xpu.kernel} {
  // expected-error @below {{op expects exactly 0 operands, but got 1}}
  "xpu.barrier"(%core) : (index) -> ()
  return
}

// -----

func.func @result(%cluster: index, %core: index) attributes {xpu.kernel} {
  // expected-error @below {{op expects exactly 0 results, but got 1}}
  %0 = "xpu.barrier"() : () -> i32
  return
}
