//@ until: verify
// Attributes of arguments that say nothing.

// expected-error @below {{func_c1: xpu.name of argument 0 must be a non-empty string, found ""}}
func.func @func_c1(%x: memref<?xi32, "device"> {xpu.name = ""}) {
  return
}

// -----

// expected-error @below {{func_c1: xpu.name of argument 0 must be a non-empty string, found "\FF"}}
func.func @func_c1_bytes(%x: memref<?xi32, "device"> {xpu.name = "\FF"}) {
  return
}

// -----

// expected-error @below {{func_c1: xpu.name of result 0 must be a non-empty string, found unit}}
func.func @func_c1_result(%x: memref<?xi32, "device">) -> (memref<?xi32, "device"> {xpu.name}) {
  return %x : memref<?xi32, "device">
}

// -----

// expected-error @below {{func_c2: xpu.shape of argument 0 must be 1 strings, found ["B", "N"]}}
func.func @func_c2(%x: memref<?xi32, "device"> {xpu.shape = ["B", "N"]}) {
  return
}

// -----

// expected-error @below {{func_c2: xpu.shape of argument 0 must be 1 strings, found [7}}
func.func @func_c2_number(%x: memref<?xi32, "device"> {xpu.shape = [7]}) {
  return
}

// -----

// expected-error @below {{func_c3: xpu.noalias of argument 0 must be a unit attribute of a memref or tensor, found unit on i32}}
func.func @func_c3(%n: i32 {xpu.noalias}) {
  return
}

// -----

// expected-error @below {{func_c3: xpu.output of argument 1 must be a unit attribute of a memref or tensor, found true on memref<?xi32, "device">}}
func.func @func_c3_value(%n: i32, %x: memref<?xi32, "device"> {xpu.output = true}) {
  return
}

// -----

// expected-error @below {{func_c4: xpu.pad of argument 0 must be an integer on an xpu.output, found -1 : i64 on memref<?xi32, "device">}}
func.func @func_c4(%x: memref<?xi32, "device"> {xpu.pad = -1}) {
  return
}

// -----

// expected-error @below {{func_c5: argument 0 must be dense or a rank-1 unit-stride slice, found memref<?xi32, strided<[2], offset: ?>, "device">}}
func.func @func_c5(%x: memref<?xi32, strided<[2], offset: ?>, "device">) {
  return
}

// -----

func.func @type_c3(%x: memref<?xi32, "device">) -> index {
  %c3 = arith.constant 3 : index
  // expected-error @below {{type_c3: memref.dim must be of an axis below 1, found 3}}
  %size = memref.dim %x, %c3 : memref<?xi32, "device">
  return %size : index
}
