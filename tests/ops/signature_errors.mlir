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
// expected-error @below {{signature_c2: x may have name, type, space, shape, inplace, vector, optional, at, found size}}
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

// An array is no element.
// expected-error @below {{signature_c4: type of x must be that of an element, or name one, found memref<4xi32>}}
"xpu.signature"() {function = "signature_c4", inputs = [{name = "x", type = memref<4xi32>}], outputs = [], attributes = []} : () -> ()
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
// expected-error @below {{signature_c6: shape of x must hold sizes like "B + 1" or "?", found "B +"}}
"xpu.signature"() {function = "signature_c6", inputs = [{name = "x", type = i32, shape = ["B +"]}], outputs = [], attributes = []} : () -> ()
func.func @signature_c6() {
  return
}

// -----

// A scalar has no sizes.
// expected-error @below {{signature_c6: shape of k must be a list of sizes or name an input, of an array, found []}}
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

// Two declarations of one function.
"xpu.signature"() {function = "signature_c8", inputs = [], outputs = [], attributes = []} : () -> ()
// expected-error @below {{signature_c8: expected one signature of signature_c8, found another}}
"xpu.signature"() {function = "signature_c8", inputs = [], outputs = [], attributes = []} : () -> ()
func.func @signature_c8() {
  return
}

// -----

// A scalar is there.
// expected-error @below {{signature_c9: optional of k must be a unit attribute, of an array, found another}}
"xpu.signature"() {function = "signature_c9", inputs = [], outputs = [], attributes = [{name = "k", type = i32, optional}]} : () -> ()
func.func @signature_c9() {
  return
}

// -----

// No line.
// expected-error @below {{signature_c10: at of k must be a place like "op.cc:12:5", found "op.cc"}}
"xpu.signature"() {function = "signature_c10", inputs = [], outputs = [], attributes = [{name = "k", type = i32, at = "op.cc"}]} : () -> ()
func.func @signature_c10() {
  return
}
