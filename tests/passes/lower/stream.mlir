//@ passes: lower
// Kernels go through device memory in tiles.

// Two arrays come in, one goes out: the first two tiles are fetched at the beginning, each later one when the half that it
// goes to has been used.
func.func @in_and_out(%x: memref<?xi32, "device">, %y: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  "xpu.broadcast_add"(%x, %y, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// In place: a tile is fetched before it is written.
func.func @in_place(%x: memref<?xi32, "device">, %k: i32) {
  "xpu.broadcast_add"(%x, %k, %x) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

// Two windows of one array, one element apart; the sum goes to two places out of one buffer.
func.func @windows(%n: index, %x: memref<?xi32, "device">, %a: memref<?xi32, "device">, %b: memref<?xi32, "device">) {
  "xpu.fusion"() ({
    %v = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %lower = tensor.extract_slice %v[0] [%n] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
    %upper = tensor.extract_slice %v[1] [%n] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
    %0 = "xpu.broadcast_sub"(%upper, %lower) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.into"(%0, %a) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    "xpu.into"(%0, %b) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// What is the same everywhere fills a buffer once.
func.func @fill(%n: index, %k: i32, %out: memref<?xi32, "device">) {
  "xpu.fusion"() ({
    %0 = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "device">
    "xpu.into"(%0, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// Buffers of each type of element.
func.func @types(%x: memref<?xi64, "device">, %k: i64, %out: memref<?xi1, "device">) {
  "xpu.compare"(%x, %k, %out) {predicate = "slt"} : (memref<?xi64, "device">, i64, memref<?xi1, "device">) -> ()
  return
}

// -----

// A scan on one core, of the whole array.
func.func @scan(%x: memref<?xi32, "device">, %out: memref<1xi32, "device">) {
  "xpu.reduce_max"(%x, %out) : (memref<?xi32, "device">, memref<1xi32, "device">) -> ()
  return
}

// -----

// More arrays than tiles of 64 elements have room for: tiles of 32.
func.func @narrow(%a: memref<?xi32, "device">, %b: memref<?xi32, "device">, %c: memref<?xi32, "device">, %d: memref<?xi32, "device">, %e: memref<?xi32, "device">, %f: memref<?xi32, "device">, %g: memref<?xi32, "device">, %h: memref<?xi32, "device">, %out: memref<?xi32, "device">) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%a) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %1 = "xpu.read"(%b) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %2 = "xpu.read"(%c) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %3 = "xpu.read"(%d) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %4 = "xpu.read"(%e) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %5 = "xpu.read"(%f) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %6 = "xpu.read"(%g) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %7 = "xpu.read"(%h) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %8 = "xpu.broadcast_add"(%0, %1) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %9 = "xpu.broadcast_add"(%8, %2) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %10 = "xpu.broadcast_add"(%9, %3) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %11 = "xpu.broadcast_add"(%10, %4) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %12 = "xpu.broadcast_add"(%11, %5) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %13 = "xpu.broadcast_add"(%12, %6) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %14 = "xpu.broadcast_add"(%13, %7) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.into"(%14, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// What lies in shared memory goes out from there; what three scans read was fetched to it.
func.func @on_chip(%x: memref<?xi32, "device">, %out: memref<?xi32, "device">, %sums: memref<3xi32, "device">) {
  "xpu.fusion"() ({
    %v = "xpu.read"(%x) {xpu.name = "x"} : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %0 = "xpu.cumsum"(%v) : (tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %1 = "xpu.reduce_max"(%v) : (tensor<?xi32, "device">) -> tensor<1xi32, "device">
    %2 = "xpu.reduce_sum"(%v) : (tensor<?xi32, "device">) -> tensor<1xi32, "device">
    %3 = "xpu.reduce_max"(%0) : (tensor<?xi32, "device">) -> tensor<1xi32, "device">
    %4 = tensor.empty() : tensor<3xi32, "device">
    %5 = tensor.insert_slice %1 into %4[0] [1] [1] : tensor<1xi32, "device"> into tensor<3xi32, "device">
    %6 = tensor.insert_slice %2 into %5[1] [1] [1] : tensor<1xi32, "device"> into tensor<3xi32, "device">
    %7 = tensor.insert_slice %3 into %6[2] [1] [1] : tensor<1xi32, "device"> into tensor<3xi32, "device">
    "xpu.into"(%0, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    "xpu.into"(%7, %sums) : (tensor<3xi32, "device">, memref<3xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}
