//@ until: verify
// What a fusion refuses.

func.func @fusion_c1(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{fusion_c1: xpu.materialize may not stand in a fusion}}
  "xpu.fusion"() ({
    %t = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %b = "xpu.materialize"(%t) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
    "xpu.into"(%t, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

func.func @fusion_c1_tensor(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{fusion_c1: tensor.rank may not stand in a fusion}}
  "xpu.fusion"() ({
    %t = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %n = tensor.rank %t : tensor<?xi32, "device">
    "xpu.into"(%t, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

func.func @fusion_c1_buffer_form(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{fusion_c1: xpu.cumsum in buffer form may not stand in a fusion}}
  "xpu.fusion"() ({
    %t = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.cumsum"(%x, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
    "xpu.into"(%t, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

func.func @fusion_c1_terminator(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{fusion_c1: body must end in vector.yield, found llvm.unreachable}}
  "xpu.fusion"() ({
    %t = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.into"(%t, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    llvm.unreachable
  }) : () -> ()
  return
}

// -----

func.func @fusion_c1_operands(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{fusion_c1: expected vector.yield of 0 values, found 1}}
  "xpu.fusion"() ({
    %t = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.into"(%t, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield %t : tensor<?xi32, "device">
  }) : () -> ()
  return
}

// -----

func.func @fusion_c2(%x: memref<?xi32, "device">) {
  // expected-error @below {{fusion_c2: expected an xpu.into in the body, found none}}
  "xpu.fusion"() ({
    %t = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield
  }) : () -> ()
  return
}

// -----

func.func @fusion_c3(%x: memref<?xi32, "host">, %y: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{fusion_c3: src of xpu.read is in host, expected device}}
  "xpu.fusion"() ({
    %t = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
    %u = "xpu.read"(%y) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.into"(%u, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

func.func @fusion_c3_into(%n: i32, %out: memref<8xi32, "host">) {
  // expected-error @below {{fusion_c3: dst of xpu.into is in host, expected device}}
  "xpu.fusion"() ({
    %t = "xpu.constant"(%n) : (i32) -> tensor<8xi32, "host">
    "xpu.into"(%t, %out) : (tensor<8xi32, "host">, memref<8xi32, "host">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// The ops of the body are checked on their own.
func.func @nested(%x: memref<?xi32, "device">, %out: memref<?xi64, "device">) {
  "xpu.fusion"() ({
    // expected-error @below {{read_c1: result must have i32 elements, found i64}}
    %t = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi64, "device">
    // expected-error @below {{cumsum_c2: exclusive must be a unit attribute, found 1 : i64}}
    %u = "xpu.cumsum"(%t) {exclusive = 1 : i64} : (tensor<?xi64, "device">) -> tensor<?xi64, "device">
    "xpu.into"(%u, %out) : (tensor<?xi64, "device">, memref<?xi64, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @operand(%x: memref<?xi32, "device">) {
  // expected-error @below {{op expects exactly 0 operands, but got 1}}
  "xpu.fusion"(%x) ({
    vector.yield
  }) : (memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @argument() {
  "xpu.fusion"() ({
  // expected-error @below {{expected region 0 to have 0 arguments but got 1}}
  ^bb0(%t: tensor<?xi32, "device">):
    vector.yield
  }) : () -> ()
  return
}

// -----

func.func @blocks() {
  // expected-error @below {{expected region 0 to have 1 block(s) but got 2}}
  "xpu.fusion"() ({
    cf.br ^bb1
  ^bb1:
    vector.yield
  }) : () -> ()
  return
}

// -----

func.func @regions() {
  // expected-error @below {{unexpected number of regions: expected 1 but got 0}}
  "xpu.fusion"() : () -> ()
  return
}
