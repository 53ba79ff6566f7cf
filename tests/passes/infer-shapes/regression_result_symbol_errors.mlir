//@ passes: infer-shapes
// A symbol that only results name is a size that the program alone knows, but one size: two results of different sizes
// used to be let through under one name.

// Two results declare one symbol, and are of different sizes.
func.func @one_symbol_two_sizes(%n: index, %m: index, %k: i32) -> (memref<?xi32, "host"> {xpu.name = "r", xpu.shape = ["T"]}, memref<?xi32, "host"> {xpu.name = "s", xpu.shape = ["T"]}) {
  %0 = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "host">
  %1 = "xpu.constant"(%k, %m) : (i32, index) -> tensor<?xi32, "host">
  %2 = "xpu.materialize"(%0) : (tensor<?xi32, "host">) -> memref<?xi32, "host">
  %3 = "xpu.materialize"(%1) : (tensor<?xi32, "host">) -> memref<?xi32, "host">
  // expected-error @below {{s: declared size T in dimension 0}}
  return %2, %3 : memref<?xi32, "host">, memref<?xi32, "host">
}
