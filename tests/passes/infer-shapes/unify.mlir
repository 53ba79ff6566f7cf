//@ passes: infer-shapes
// Sizes that must agree: what one op tells is used for the other.

// A size nobody has declared is found out by what it meets.
func.func @unknown(%x: memref<?xi32, "host">, %y: memref<?xi32, "host"> {xpu.shape = ["B"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%y) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %2 = "xpu.broadcast_add"(%0, %1) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}

// -----

// Two unknown sizes that meet are one.
func.func @both_unknown(%x: memref<?xi32, "host">, %y: memref<?xi32, "host">, %z: memref<?xi32, "host">) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%y) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %2 = "xpu.read"(%z) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %3 = "xpu.broadcast_add"(%0, %1) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}

// -----

// What is written into a buffer has its size: B is 1 more than the unknown.
func.func @into(%x: memref<?xi32, "host">, %out: memref<?xi32, "host"> {xpu.shape = ["B"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.cumsum"(%0) {exclusive} : (tensor<?xi32, "host">) -> tensor<?xi32, "host">
  "xpu.into"(%1, %out) : (tensor<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Both sides of a lazy select have one shape.
func.func @select(%c: i1, %n: index, %k: i32, %y: memref<?xi32, "host"> {xpu.shape = ["B"]}) {
  %0 = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%y) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %2 = arith.select %c, %0, %1 : tensor<?xi32, "host">
  return
}

// -----

// The flat view of a table has the product of its dims.
func.func @flat(%table: memref<?x?xi32, "device"> {xpu.shape = ["B", "N"]}) {
  %flat = memref.collapse_shape %table [[0, 1]] : memref<?x?xi32, "device"> into memref<?xi32, "device">
  %0 = "xpu.read"(%flat) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  return
}

// -----

// Sums that are written in another way are the same size.
func.func @polynomials(%x: memref<?xi32, "host"> {xpu.shape = ["2*B + 1"]}, %y: memref<?xi32, "host"> {xpu.shape = ["B + (1 + B)"]}) {
  %0 = "xpu.read"(%x) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %1 = "xpu.read"(%y) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %2 = "xpu.broadcast_add"(%0, %1) : (tensor<?xi32, "host">, tensor<?xi32, "host">) -> tensor<?xi32, "host">
  return
}
