//@ passes: plan

// The clause is checked before the caller's buffer is written, though the sum is there earlier.
func.func @contract(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "host"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %zero = arith.constant 0 : i32
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.cumsum"(%0) : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  "xpu.require"(%1, %zero) {predicate = "sge", message = "sums"} : (tensor<?xi32, "host">, i32) -> ()
  "xpu.into"(%1, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Nothing is checked in between: in place.
func.func @no_contract(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "host"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.cumsum"(%0) : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  "xpu.into"(%1, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
