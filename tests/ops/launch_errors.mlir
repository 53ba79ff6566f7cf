//@ until: verify
// What a launch refuses.

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c1(%n: i32) {
  // expected-error @below {{launch_c1: clusters must be an i64 of at least 1, found 0 : i64}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %n) : (index, index, i32) -> ()
    vector.yield
  }) {clusters = 0 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c1_i32(%n: i32) {
  // expected-error @below {{launch_c1: cores must be an i64 of at least 1, found 64 : i32}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %n) : (index, index, i32) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i32} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c2(%n: i32) {
  // expected-error @below {{launch_c2: expected one func.call, then vector.yield, found arith.addi}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    %m = arith.addi %n, %n : i32
    func.call @kernel(%cluster, %core, %m) : (index, index, i32) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c2_two(%n: i32) {
  // expected-error @below {{launch_c2: expected one func.call, then vector.yield, found func.call}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %n) : (index, index, i32) -> ()
    func.call @kernel(%cluster, %core, %n) : (index, index, i32) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @launch_c2_none(%n: i32) {
  // expected-error @below {{launch_c2: expected one func.call, then vector.yield, found vector.yield}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c2_order(%n: i32) {
  // expected-error @below {{launch_c2: expected cluster and core as first arguments of the call}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%core, %cluster, %n) : (index, index, i32) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @launch_c2_yield(%n: i32) {
  // expected-error @below {{launch_c2: expected vector.yield of 0 values, found 1}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %n) : (index, index, i32) -> ()
    vector.yield %n : i32
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) {
  return
}

func.func @launch_c3(%n: i32) {
  // expected-error @below {{launch_c3: @kernel must be a function with the unit attribute xpu.kernel}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %n) : (index, index, i32) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel = false} {
  return
}

func.func @launch_c3_value(%n: i32) {
  // expected-error @below {{launch_c3: @kernel must be a function with the unit attribute xpu.kernel}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %n) : (index, index, i32) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) -> i32 attributes {xpu.kernel} {
  return %n : i32
}

func.func @launch_c3_result(%n: i32) {
  // expected-error @below {{launch_c3: kernel @kernel must return nothing, found 1 results}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    %0 = func.call @kernel(%cluster, %core, %n) : (index, index, i32) -> i32
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32, %x: memref<?xi32, "host">) attributes {xpu.kernel} {
  return
}

func.func @launch_c4(%n: i32, %x: memref<?xi32, "host">) {
  // expected-error @below {{launch_c4: argument 3 of @kernel must be a scalar or a memref in device, found memref<?xi32, "host">}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %n, %x) : (index, index, i32, memref<?xi32, "host">) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %x: tensor<?xi32, "device">) attributes {xpu.kernel} {
  return
}

func.func @launch_c4_tensor(%x: tensor<?xi32, "device">) {
  // expected-error @below {{launch_c4: argument 2 of @kernel must be a scalar or a memref in device, found tensor<?xi32, "device">}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %x) : (index, index, tensor<?xi32, "device">) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %x: memref<?xi32>) attributes {xpu.kernel} {
  return
}

func.func @launch_c4_space(%x: memref<?xi32>) {
  // expected-error @below {{launch_c4: argument 2 of @kernel must be a scalar or a memref in device, found memref<?xi32>}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @kernel(%cluster, %core, %x) : (index, index, memref<?xi32>) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

// From upstream: a callee, and its types.
func.func @callee(%n: i32) {
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    // expected-error @below {{'other' does not reference a valid function}}
    func.call @other(%cluster, %core, %n) : (index, index, i32) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @kernel(%cluster: index, %core: index, %n: i32) attributes {xpu.kernel} {
  return
}

func.func @types(%n: i64) {
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    // expected-error @below {{operand type mismatch: expected operand type 'i32', but provided 'i64' for operand number 2}}
    func.call @kernel(%cluster, %core, %n) : (index, index, i64) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

// From IRDL: kinds, counts and required attributes.
func.func @string() {
  // expected-error @below {{expected base attribute 'builtin.integer' but got 'builtin.string'}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    vector.yield
  }) {clusters = "12", cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @no_cores() {
  // expected-error @below {{attribute "cores" is expected but not provided}}
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    vector.yield
  }) {clusters = 12 : i64} : () -> ()
  return
}

// -----

func.func @operand(%n: i32) {
  // expected-error @below {{op expects exactly 0 operands, but got 1}}
  "xpu.launch"(%n) ({
  ^bb0(%cluster: index, %core: index):
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : (i32) -> ()
  return
}

// -----

func.func @no_arguments() {
  // expected-error @below {{expected region 0 to have 2 arguments but got 0}}
  "xpu.launch"() ({
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// -----

func.func @argument_type() {
  "xpu.launch"() ({
  // expected-error @below {{expected 'index' but got 'i32'}}
  ^bb0(%cluster: index, %core: i32):
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}
