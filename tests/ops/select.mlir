//@ until: verify
// A select takes each element from one of two arrays or scalars.

func.func @buffer(%mask: memref<?xi1, "device">, %x: memref<?xi32, "device">, %y: memref<?xi32, "device">, %pad: i32, %out: memref<?xi32, "device">) {
  "xpu.select"(%mask, %x, %y, %out) : (memref<?xi1, "device">, memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.select"(%mask, %x, %pad, %x) : (memref<?xi1, "device">, memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}

// -----

// Two scalars: the mask alone gives the shape.
func.func @value(%mask: tensor<?x4xi1, "host">, %x: i64, %y: i64) -> tensor<?x4xi64, "host"> {
  %0 = "xpu.select"(%mask, %x, %y) : (tensor<?x4xi1, "host">, i64, i64) -> tensor<?x4xi64, "host">
  return %0 : tensor<?x4xi64, "host">
}

// -----

// Elements of i1: both masks hold.
func.func @flags(%a: tensor<?xi1, "device">, %b: tensor<?xi1, "device">) -> tensor<?xi1, "device"> {
  %false = arith.constant false
  %0 = "xpu.select"(%a, %b, %false) : (tensor<?xi1, "device">, tensor<?xi1, "device">, i1) -> tensor<?xi1, "device">
  return %0 : tensor<?xi1, "device">
}

// -----

// Slices.
func.func @slices(%mask: memref<?xi1, strided<[1], offset: ?>, "device">, %x: memref<?xi32, strided<[1], offset: ?>, "device">, %y: i32, %out: memref<?xi32, strided<[1], offset: ?>, "device">) {
  "xpu.select"(%mask, %x, %y, %out) : (memref<?xi1, strided<[1], offset: ?>, "device">, memref<?xi32, strided<[1], offset: ?>, "device">, i32, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
  return
}
