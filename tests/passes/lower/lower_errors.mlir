//@ passes: lower
// Programs that cannot be lowered.

// Value form is for `plan` to turn into buffers first.
func.func @value_form(%x: tensor<?xi32, "host">) {
  // expected-error @below {{lower: expected xpu.cumsum in buffer form, found its value form}}
  %0 = "xpu.cumsum"(%x) : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}

// -----

// Memory inside a kernel is not for the host program.
func.func @space(%x: memref<64xi32, "shared">) {
  // expected-error @below {{lower: xpu.cumsum: expected buffers in host or device memory, found shared}}
  "xpu.cumsum"(%x, %x) : (memref<64xi32, "shared">, memref<64xi32, "shared">) -> ()
  return
}

// -----

!i32s = memref<?xi32, "device">
!values = tensor<?xi32, "device">
!one = tensor<1xi32, "device">

// A scan that lies in memory until it is used, as long as the device says: nobody can make room for it.
func.func @scan_of_device_size(%x: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %c0 = arith.constant 0 : index
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    %1 = "xpu.reduce_sum"(%0) : (!values) -> !one
    %2 = tensor.extract %1[%c0] : !one
    %n = arith.index_cast %2 : i32 to index
    %3 = tensor.extract_slice %0[0] [%n] [1] : !values to !values
    // expected-error @below {{lower: xpu.cumsum: expected a size that is known before the launch, found one that depends on device values}}
    %4 = "xpu.cumsum"(%3) : (!values) -> !values
    %5 = "xpu.gather"(%4, %0) : (!values, !values) -> !values
    "xpu.into"(%5, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<6xi32, "device">
!values = tensor<6xi32, "device">

// What is written in any case must not need that a clause holds.
func.func @more_than_the_verdict(%x: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %c6 = arith.constant 6 : i32
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    "xpu.require"(%0, %c6) {predicate = "slt", message = "x"} : (!values, i32) -> ()
    %1 = "xpu.gather"(%0, %0) : (!values, !values) -> !values
    %2 = "xpu.verdict"() : () -> !values
    %3 = "xpu.broadcast_add"(%1, %2) : (!values, !values) -> !values
    // expected-error @below {{lower: expected the verdict alone, or as a part that overlaps no other}}
    "xpu.into"(%3, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// Arithmetic on whole tensors is not for kernels.
func.func @tensor_arithmetic(%x: memref<4xi32, "device">, %out: memref<4xi32, "device">) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (memref<4xi32, "device">) -> tensor<4xi32, "device">
    // expected-error @below {{lower: expected ops that a kernel can compute in a fusion, found arith.addi}}
    %1 = arith.addi %0, %0 : tensor<4xi32, "device">
    "xpu.into"(%1, %out) : (tensor<4xi32, "device">, memref<4xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}
