//@ passes: raise
// Parts of buffers: slices of a value, views of memory.

// Three arrays packed into one buffer, and one part read again.
func.func @pack(%n: index, %a: memref<?xi32, "device">, %b: memref<?xi32, "device">, %out: memref<?xi32, "host">) {
  %n2 = arith.addi %n, %n : index
  %packed = "xpu.alloc"(%n2) : (index) -> memref<?xi32, "device">
  %low = memref.subview %packed[0] [%n] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1]>, "device">
  %high = memref.subview %packed[%n] [%n] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1], offset: ?>, "device">
  "xpu.copy"(%a, %low) : (memref<?xi32, "device">, memref<?xi32, strided<[1]>, "device">) -> ()
  "xpu.copy"(%b, %high) : (memref<?xi32, "device">, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
  %host = "xpu.alloc"(%n2) : (index) -> memref<?xi32, "host">
  "xpu.d2h"(%packed, %host) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  %second = memref.subview %host[%n] [%n] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1], offset: ?>, "host">
  "xpu.cumsum"(%second, %out) : (memref<?xi32, strided<[1], offset: ?>, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A slice of a slice of a value.
func.func @nested(%n: index, %x: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %n2 = arith.addi %n, %n : index
  %tmp = "xpu.alloc"(%n2) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  %high = memref.subview %tmp[%n] [%n] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1], offset: ?>, "host">
  %c2 = arith.constant 2 : index
  %part = memref.subview %high[1] [%c2] [1] : memref<?xi32, strided<[1], offset: ?>, "host"> to memref<?xi32, strided<[1], offset: ?>, "host">
  "xpu.broadcast_add"(%part, %part, %part) : (memref<?xi32, strided<[1], offset: ?>, "host">, memref<?xi32, strided<[1], offset: ?>, "host">, memref<?xi32, strided<[1], offset: ?>, "host">) -> ()
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A part of an argument that was just written is known, under any view of the same elements.
func.func @same_part(%n: index, %x: memref<?xi32, "host">, %out: memref<?xi32, "host"> {xpu.noalias}, %sum: memref<?xi32, "host"> {xpu.noalias}) {
  %part = memref.subview %out[0] [%n] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1]>, "host">
  "xpu.copy"(%x, %part) : (memref<?xi32, "host">, memref<?xi32, strided<[1]>, "host">) -> ()
  %again = memref.subview %out[0] [%n] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1]>, "host">
  "xpu.cumsum"(%again, %sum) : (memref<?xi32, strided<[1]>, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// Parts that overlap: the second write changes what the first has written, so the first part is read again.
func.func @overlap(%x: memref<4xi32, "host">, %out: memref<8xi32, "host"> {xpu.noalias}, %sum: memref<4xi32, "host"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  %low = memref.subview %out[0] [4] [1] : memref<8xi32, "host"> to memref<4xi32, strided<[1]>, "host">
  %middle = memref.subview %out[2] [4] [1] : memref<8xi32, "host"> to memref<4xi32, strided<[1], offset: 2>, "host">
  "xpu.copy"(%x, %low) : (memref<4xi32, "host">, memref<4xi32, strided<[1]>, "host">) -> ()
  "xpu.constant"(%c7, %middle) : (i32, memref<4xi32, strided<[1], offset: 2>, "host">) -> ()
  "xpu.cumsum"(%low, %sum) : (memref<4xi32, strided<[1]>, "host">, memref<4xi32, "host">) -> ()
  return
}

// -----

// The same in a local buffer: the parts are read from the value with both writes in it.
func.func @overlap_local(%n: index, %x: memref<?xi32, "host">, %sum: memref<?xi32, "host">) {
  %c7 = arith.constant 7 : i32
  %n2 = arith.addi %n, %n : index
  %tmp = "xpu.alloc"(%n2) : (index) -> memref<?xi32, "host">
  %low = memref.subview %tmp[0] [%n] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1]>, "host">
  %middle = memref.subview %tmp[2] [%n] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1], offset: 2>, "host">
  "xpu.copy"(%x, %low) : (memref<?xi32, "host">, memref<?xi32, strided<[1]>, "host">) -> ()
  "xpu.constant"(%c7, %middle) : (i32, memref<?xi32, strided<[1], offset: 2>, "host">) -> ()
  "xpu.cumsum"(%low, %sum) : (memref<?xi32, strided<[1]>, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A part and the whole: a write to the part changes the whole, and the other way around.
func.func @part_and_whole(%x: memref<4xi32, "host"> {xpu.noalias}, %out: memref<8xi32, "host"> {xpu.noalias}, %sum: memref<8xi32, "host"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  "xpu.constant"(%c7, %out) : (i32, memref<8xi32, "host">) -> ()
  %low = memref.subview %out[0] [4] [1] : memref<8xi32, "host"> to memref<4xi32, strided<[1]>, "host">
  "xpu.copy"(%x, %low) : (memref<4xi32, "host">, memref<4xi32, strided<[1]>, "host">) -> ()
  "xpu.cumsum"(%out, %sum) : (memref<8xi32, "host">, memref<8xi32, "host">) -> ()
  "xpu.constant"(%c7, %out) : (i32, memref<8xi32, "host">) -> ()
  "xpu.copy"(%low, %x) : (memref<4xi32, strided<[1]>, "host">, memref<4xi32, "host">) -> ()
  return
}
