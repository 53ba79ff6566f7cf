//@ until: verify
// What a launch refuses.

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c1(%t: tensor<?xi32, "device">) {
  %args = builtin.unrealized_conversion_cast %t : tensor<?xi32, "device"> to !xpu.args
  // expected-error @below {{launch_c1: operand 0 must be a memref or a scalar, found tensor<?xi32, "device">}}
  "xpu.launch"(%args) {kernel = @kernel, clusters = 12 : i64, cores = 64 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c2(%n: i32, %x: memref<?xi32, "host">) {
  %args = builtin.unrealized_conversion_cast %n, %x : i32, memref<?xi32, "host"> to !xpu.args
  // expected-error @below {{launch_c2: operand 1 is in host, expected device}}
  "xpu.launch"(%args) {kernel = @kernel, clusters = 12 : i64, cores = 64 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c3(%n: i32) {
  %args = builtin.unrealized_conversion_cast %n : i32 to !xpu.args
  // expected-error @below {{launch_c3: clusters must be an i64 of at least 1, found 0}}
  "xpu.launch"(%args) {kernel = @kernel, clusters = 0 : i64, cores = 64 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c3_i32(%n: i32) {
  %args = builtin.unrealized_conversion_cast %n : i32 to !xpu.args
  // expected-error @below {{launch_c3: cores must be an i64 of at least 1, found 64 : i32}}
  "xpu.launch"(%args) {kernel = @kernel, clusters = 12 : i64, cores = 64 : i32} : (!xpu.args) -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c4(%n: i32) {
  %args = builtin.unrealized_conversion_cast %n : i32 to !xpu.args
  // expected-error @below {{launch_c4: kernel @other is not a function with xpu.kernel}}
  "xpu.launch"(%args) {kernel = @other, clusters = 12 : i64, cores = 64 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) {
  return
}

func.func @launch_c4_host(%n: i32) {
  %args = builtin.unrealized_conversion_cast %n : i32 to !xpu.args
  // expected-error @below {{launch_c4: kernel @kernel is not a function with xpu.kernel}}
  "xpu.launch"(%args) {kernel = @kernel, clusters = 12 : i64, cores = 64 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c5(%n: i64) {
  %args = builtin.unrealized_conversion_cast %n : i64 to !xpu.args
  // expected-error @below {{launch_c5: kernel @kernel must have type (index, index, i64) -> (), found (index, index, i32) -> ()}}
  "xpu.launch"(%args) {kernel = @kernel, clusters = 12 : i64, cores = 64 : i64} : (!xpu.args) -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @string(%n: i32) {
  %args = builtin.unrealized_conversion_cast %n : i32 to !xpu.args
  // expected-error @below {{expected base attribute 'builtin.symbol_ref' but got 'builtin.string'}}
  "xpu.launch"(%args) {kernel = "kernel", clusters = 12 : i64, cores = 64 : i64} : (!xpu.args) -> ()
  return
}

// -----

func.func @unpacked(%n: i32) {
  // expected-error @below {{expected base type 'xpu.args' but got 'builtin.integer'}}
  "xpu.launch"(%n) {kernel = @kernel, clusters = 12 : i64, cores = 64 : i64} : (i32) -> ()
  return
}
