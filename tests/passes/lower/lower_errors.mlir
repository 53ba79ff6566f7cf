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

// A scan whose input is computed in the same fusion: nobody has all of it.
func.func @scan_of_computed(%x: memref<?xi32, "device">, %k: i32, %out: memref<?xi32, "device">) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    // expected-error @below {{lower: expected element-wise ops, read and into in a fusion, found xpu.broadcast_add}}
    %1 = "xpu.broadcast_add"(%0, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
    %2 = "xpu.cumsum"(%1) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.into"(%2, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}
