//@ until: verify
// Declarations that make no sense, each refused by the constraint that the function is named after.

// From IRDL: the lists are there.
// expected-error @below {{attribute "outputs" is expected but not provided}}
"xpu.signature"() {function = "no_outputs", inputs = [], attributes = []} : () -> ()

// -----

// Within a function there is nothing to declare.
func.func @signature_c1() {
  // expected-error @below {{signature_c1: expected at the top level of a module, found xpu.signature in a function}}
  "xpu.signature"() {function = "f", inputs = [], outputs = [], attributes = []} : () -> ()
  return
}

// -----

// No name.
// expected-error @below {{signature_c2: inputs[0] must be a dictionary with a name, found {type = i32}}}
"xpu.signature"() {function = "signature_c2", inputs = [{type = i32}], outputs = [], attributes = []} : () -> ()
func.func @signature_c2() {
  return
}

// -----

// A word that means nothing.
// expected-error @below {{signature_c2: x may have name, type, space, shape, inplace, found size}}
"xpu.signature"() {function = "signature_c2_key", inputs = [{name = "x", type = i32, size = 4 : i64}], outputs = [], attributes = []} : () -> ()
func.func @signature_c2_key() {
  return
}

// -----

// Twice.
// expected-error @below {{signature_c3: x must be declared once, found it again in attributes}}
"xpu.signature"() {function = "signature_c3", inputs = [{name = "x", type = i32}], outputs = [], attributes = [{name = "x", type = i32}]} : () -> ()
func.func @signature_c3() {
  return
}

// -----

// Elements that no op has.
// expected-error @below {{signature_c4: x must have the type i1, i32 or i64, found f32}}
"xpu.signature"() {function = "signature_c4", inputs = [{name = "x", type = f32}], outputs = [], attributes = []} : () -> ()
func.func @signature_c4() {
  return
}

// -----

// On-chip memory is not the caller's.
// expected-error @below {{signature_c5: space of x must be host or device, of an array, found "shared"}}
"xpu.signature"() {function = "signature_c5", inputs = [{name = "x", type = i32, space = "shared"}], outputs = [], attributes = []} : () -> ()
func.func @signature_c5() {
  return
}

// -----

// No size.
// expected-error @below {{signature_c6: shape of x must hold sizes like "B + 1", found "B +"}}
"xpu.signature"() {function = "signature_c6", inputs = [{name = "x", type = i32, shape = ["B +"]}], outputs = [], attributes = []} : () -> ()
func.func @signature_c6() {
  return
}

// -----

// A scalar has no sizes.
// expected-error @below {{signature_c6: shape of k must be a list of sizes, of an array, found []}}
"xpu.signature"() {function = "signature_c6_scalar", inputs = [], outputs = [], attributes = [{name = "k", type = i32, shape = []}]} : () -> ()
func.func @signature_c6_scalar() {
  return
}

// -----

// An input is not written.
// expected-error @below {{signature_c7: inplace of x must be a unit attribute of an output or name its buffer, found unit}}
"xpu.signature"() {function = "signature_c7", inputs = [{name = "x", type = i32, space = "device", shape = ["B"], inplace}], outputs = [], attributes = []} : () -> ()
func.func @signature_c7() {
  return
}

// -----

// A buffer has a size.
// expected-error @below {{signature_c7: y is in place and must have a shape, found none}}
"xpu.signature"() {function = "signature_c7_shape", inputs = [], outputs = [{name = "y", type = i32, space = "device", inplace}], attributes = []} : () -> ()
func.func @signature_c7_shape() {
  return
}

// -----

// Two declarations of one function.
"xpu.signature"() {function = "signature_c8", inputs = [], outputs = [], attributes = []} : () -> ()
// expected-error @below {{signature_c8: expected one signature of signature_c8, found another}}
"xpu.signature"() {function = "signature_c8", inputs = [], outputs = [], attributes = []} : () -> ()
func.func @signature_c8() {
  return
}
