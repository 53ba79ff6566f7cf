//@ until: verify
// A comparison gives i1 elements.

// The six predicates.
func.func @buffer(%x: memref<?xi32, "device">, %y: memref<?xi32, "device">, %n: i32, %out: memref<?xi1, "device">) {
  "xpu.compare"(%x, %n, %out) {predicate = "eq"} : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> ()
  "xpu.compare"(%x, %y, %out) {predicate = "ne"} : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi1, "device">) -> ()
  "xpu.compare"(%x, %n, %out) {predicate = "slt"} : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> ()
  "xpu.compare"(%x, %y, %out) {predicate = "sle"} : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi1, "device">) -> ()
  "xpu.compare"(%x, %n, %out) {predicate = "sgt"} : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> ()
  "xpu.compare"(%x, %y, %out) {predicate = "sge"} : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi1, "device">) -> ()
  return
}

// -----

func.func @value(%x: tensor<?xi64, "host">, %y: tensor<?xi64, "host">) -> tensor<?xi1, "host"> {
  %0 = "xpu.compare"(%x, %y) {predicate = "slt"} : (tensor<?xi64, "host">, tensor<?xi64, "host">) -> tensor<?xi1, "host">
  return %0 : tensor<?xi1, "host">
}

// -----

// i1 elements are equal or not; they have no order.
func.func @flags(%x: tensor<?xi1, "device">, %flag: i1) -> tensor<?xi1, "device"> {
  %0 = "xpu.compare"(%flag, %x) {predicate = "ne"} : (i1, tensor<?xi1, "device">) -> tensor<?xi1, "device">
  return %0 : tensor<?xi1, "device">
}

// -----

func.func @stretch(%x: tensor<?x1xi32, "device">, %y: tensor<1x4xi32, "device">) -> tensor<?x4xi1, "device"> {
  %0 = "xpu.compare"(%x, %y) {predicate = "sge"} : (tensor<?x1xi32, "device">, tensor<1x4xi32, "device">) -> tensor<?x4xi1, "device">
  return %0 : tensor<?x4xi1, "device">
}
