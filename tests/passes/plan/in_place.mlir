//@ passes: plan

// The sum is made in the caller's buffer.
func.func @in_place(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.broadcast_add"(%0, %0) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%1, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The buffer is its own input: element i is read before element i is written.
func.func @update(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}) {
  %one = arith.constant 1 : i32
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.broadcast_add"(%0, %one) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  "xpu.into"(%1, %x) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// A gather reads its table in any order: not into the table.
func.func @gather_into_table(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %i: memref<?xi32, "device"> {xpu.name = "i", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%i) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = "xpu.gather"(%0, %1) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%2, %x) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Into its index it may.
func.func @gather_into_index(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"], xpu.noalias}, %i: memref<?xi32, "device"> {xpu.name = "i", xpu.shape = ["n"], xpu.noalias}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.read"(%i) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %2 = "xpu.gather"(%0, %1) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%2, %i) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// x and out may overlap, by some elements: the sum goes through a temporary.
func.func @may_alias(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["n"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %1 = "xpu.broadcast_add"(%0, %0) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%1, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
