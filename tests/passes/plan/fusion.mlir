//@ passes: offload,plan

// One launch, no temporary: gather, product and sum.
func.func @chain(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %i: memref<?xi32, "device"> {xpu.name = "i", xpu.shape = ["n"], xpu.noalias}, %o: memref<?xi32, "device"> {xpu.name = "o", xpu.shape = ["n"], xpu.noalias}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%i) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = "xpu.read"(%o) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %3 = "xpu.gather"(%0, %1) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %4 = "xpu.broadcast_mul"(%3, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %5 = "xpu.broadcast_add"(%4, %2) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%5, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The product is wanted too: one launch writes both.
func.func @result_too(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %k: i32 {xpu.name = "k"}, %p: memref<?xi32, "device"> {xpu.name = "p", xpu.shape = ["n"], xpu.noalias}, %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.broadcast_mul"(%0, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%1, %p) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  %2 = "xpu.broadcast_add"(%1, %0) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%2, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// A table may be a sum: the gather computes the elements it takes.
func.func @table(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %i: memref<?xi32, "device"> {xpu.name = "i", xpu.shape = ["n"], xpu.noalias}, %k: i32 {xpu.name = "k"}, %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%i) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = "xpu.broadcast_add"(%0, %k) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %3 = "xpu.gather"(%2, %1) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%3, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
