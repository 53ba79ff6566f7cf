//@ passes: simplify

// Every element is chosen from the first.
func.func @select_true(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  "xpu.require"(%x, %zero) {predicate = "sge", message = "x"} : (tensor<?xi32, "device">, i32) -> ()
  %m = "xpu.compare"(%x, %zero) {predicate = "sge"} : (tensor<?xi32, "device">, i32) -> tensor<?xi1, "device">
  %r = "xpu.select"(%m, %x, %y) : (tensor<?xi1, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Without the clause not.
func.func @select_open(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %in2: memref<?xi32, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.read"(%in2) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %zero = arith.constant 0 : i32
  %m = "xpu.compare"(%x, %zero) {predicate = "sge"} : (tensor<?xi32, "device">, i32) -> tensor<?xi1, "device">
  %r = "xpu.select"(%m, %x, %y) : (tensor<?xi1, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%r, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
