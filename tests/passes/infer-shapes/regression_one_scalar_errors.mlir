//@ passes: infer-shapes
// A size that is one SSA value is one size, wherever it is used. An index argument used to be a new unknown at each use,
// so that this program, which cannot be right for any call with B other than N, passed.

func.func @one_scalar(%n: index, %k: i32, %x: memref<?xi32, "host"> {xpu.shape = ["B"]}, %y: memref<?xi32, "host"> {xpu.shape = ["N"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%y) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %2 = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "host">
  %3 = "xpu.broadcast_add"(%0, %2) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  %4 = tensor.empty(%n) : tensor<?xi32, "host">
  // expected-error @below {{expected size N in dimension 0, found B}}
  %5 = "xpu.broadcast_add"(%1, %4) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}
