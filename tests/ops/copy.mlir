//@ until: verify
// A copy stays within one space; only the buffer form exists.

func.func @buffer(%a: memref<?xi32, "device">, %b: memref<?xi32, "device">, %c: memref<?x4xi1, "host">, %d: memref<8x4xi1, "host">) {
  "xpu.copy"(%a, %b) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.copy"(%c, %d) : (memref<?x4xi1, "host">, memref<8x4xi1, "host">) -> ()
  return
}

// -----

// Two arrays packed into one buffer.
func.func @pack(%a: memref<?xi32, "device">, %b: memref<?xi32, "device">, %packed: memref<?xi32, "device">, %n: index) {
  %lo = memref.subview %packed[0] [%n] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1]>, "device">
  %hi = memref.subview %packed[%n] [%n] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1], offset: ?>, "device">
  "xpu.copy"(%a, %lo) : (memref<?xi32, "device">, memref<?xi32, strided<[1]>, "device">) -> ()
  "xpu.copy"(%b, %hi) : (memref<?xi32, "device">, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
  return
}
