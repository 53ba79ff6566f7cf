//@ passes: plan

// Each side is computed only where it is taken, in the buffer that is returned.
func.func @either(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %c: i1 {xpu.name = "c"}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["n"]}) {
  %zero = arith.constant 0 : i32
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.cumsum"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = "xpu.constant"(%zero, %n) : (i32, index) -> tensor<?xi32, "device">
  %3 = arith.select %c, %1, %2 : tensor<?xi32, "device">
  %4 = "xpu.materialize"(%3) : (tensor<?xi32, "device">) -> memref<?xi32, "device">
  return %4 : memref<?xi32, "device">
}

// -----

// The buffer keeps what it held where the condition fails: no copy, one command under the condition.
func.func @unless(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}, %c: i1 {xpu.name = "c"}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%out) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = "xpu.cumsum"(%0) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %3 = arith.select %c, %2, %1 : tensor<?xi32, "device">
  "xpu.into"(%3, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The quotient is needed under the condition only, and may be a division by zero elsewhere.
func.func @quotient(%out: memref<?xi32, "host"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}, %k: i32 {xpu.name = "k"}, %d: i32 {xpu.name = "d"}, %c: i1 {xpu.name = "c"}) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %out, %c0 : memref<?xi32, "host">
  %old = "xpu.read"(%out) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %q = arith.floordivsi %k, %d : i32
  %0 = "xpu.constant"(%q, %n) : (i32, index) -> tensor<?xi32, "host">
  %1 = arith.select %c, %0, %old : tensor<?xi32, "host">
  "xpu.into"(%1, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
