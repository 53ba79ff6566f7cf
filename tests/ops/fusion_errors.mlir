//@ until: verify
// What a fusion refuses.

func.func @fusion_c1(%x: tensor<?xi32, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : tensor<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c1: operand 0 must be a memref or a scalar, found tensor<?xi32, "device">}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c2(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c2: outs must be an i64 from 1 to 2, found 3}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 3 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c2_scalar(%x: memref<?xi32, "device">, %n: i32) {
  %args = builtin.unrealized_conversion_cast %x, %n : memref<?xi32, "device">, i32 to !xpu.args
  // expected-error @below {{fusion_c2: operand 1 must be a memref, found i32}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c3(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c3: expected 1 block arguments, found 2}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">, %u: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c3_type(%x: memref<?xi64, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi64, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c3: block argument 0 must be tensor<?xi64, "device">, found tensor<?xi32, "device">}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c4(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c4: expected 1 yielded values, found 2}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield %0, %t : tensor<?xi32, "device">, tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c4_type(%x: memref<?xi32, "device">, %out: memref<?xi64, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi64, "device"> to !xpu.args
  // expected-error @below {{fusion_c4: yielded value 0 must be tensor<?xi64, "device">, found tensor<?xi32, "device">}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c4_terminator(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c4: body must end in vector.yield, found llvm.unreachable}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    llvm.unreachable
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c5(%x: memref<?xi32, "host">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "host">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c5: operand 0 is in host, expected device}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "host">):
    %0 = "xpu.h2d"(%t) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c6(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c6: xpu.materialize may not stand in a fusion}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %b = "xpu.materialize"(%t) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
    %0 = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @fusion_c7(%x: memref<?xi32, "device">, %n: i32, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{fusion_c7: xpu.broadcast_add uses a value from outside the fusion}}
  "xpu.fusion"(%args) ({
  ^bb0(%t: tensor<?xi32, "device">):
    %0 = "xpu.broadcast_add"(%t, %n) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
    vector.yield %0 : tensor<?xi32, "device">
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @unpacked(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  // expected-error @below {{expected base type 'xpu.args' but got 'builtin.memref'}}
  "xpu.fusion"(%x) ({
  ^bb0:
    vector.yield
  }) {outs = 1 : i64} : (memref<?xi32, "device">) -> ()
  return
}

// -----

func.func @blocks(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{expected region 0 to have 1 block(s) but got 2}}
  "xpu.fusion"(%args) ({
  ^bb0:
    cf.br ^bb1
  ^bb1:
    vector.yield
  }) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @regions(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %x, %out : memref<?xi32, "device">, memref<?xi32, "device"> to !xpu.args
  // expected-error @below {{unexpected number of regions: expected 1 but got 0}}
  "xpu.fusion"(%args) {outs = 1 : i64} : (!xpu.args) -> ()
  return
}
