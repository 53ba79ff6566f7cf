//@ passes: plan

// x is read again after it was written: what it held before is kept.
func.func @later_reader(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %one = arith.constant 1 : i32
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.cumsum"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%1, %x) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  %2 = "xpu.broadcast_add"(%0, %one) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%2, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The twin in which nobody looks: no copy.
func.func @no_later_reader(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %one = arith.constant 1 : i32
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.broadcast_add"(%0, %one) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%1, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  %2 = "xpu.cumsum"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%2, %x) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Two buffers change places: one of them has to be kept.
func.func @swap(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %y: memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%y) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%1, %x) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.into"(%0, %y) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// An op that nobody knows may write x: what was read before is kept.
func.func @unknown_op(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "host"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %c0 = arith.constant 0 : index
  memref.assume_alignment %x, 4 : memref<?xi32, "host">
  scf.execute_region {
    %k = arith.constant 5 : i32
    memref.store %k, %x[%c0] : memref<?xi32, "host">
    scf.yield
  }
  "xpu.into"(%0, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
