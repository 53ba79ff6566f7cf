// An output that is written under conditions only, through a buffer of the launch's own since the input may be the
// same memory, or from the other side: what it held before, which is undefined, was read to be written again.
func.func @f(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]},
             %y: memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]},
             %h: memref<?xi32, "host"> {xpu.name = "h", xpu.shape = ["B"], xpu.noalias, xpu.output},
             %o: memref<?xi32, "device"> {xpu.name = "o", xpu.shape = ["B"], xpu.output},
             %p: memref<4xi32, "device"> {xpu.name = "p", xpu.shape = ["4"], xpu.noalias, xpu.output},
             %c: i1 {xpu.name = "c"}, %d: i1 {xpu.name = "d"}, %k: i32 {xpu.name = "k"}) {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %zero = arith.constant 0 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  "xpu.wait"() : () -> ()
  %mask = "xpu.alloc"(%B) : (index) -> memref<?xi1, "device">
  "xpu.compare"(%y, %k, %mask) {predicate = "sgt"} : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> ()
  scf.if %c {
    "xpu.compact"(%x, %mask, %o) : (memref<?xi32, "device">, memref<?xi1, "device">, memref<?xi32, "device">) -> ()
  }
  "xpu.wait"() : () -> ()
  scf.if %d {
    "xpu.d2h"(%x, %h) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  }
  %cell = "xpu.alloc"() : () -> memref<1xi32, "device">
  "xpu.reduce_max"(%y, %cell) : (memref<?xi32, "device">, memref<1xi32, "device">) -> ()
  %down = "xpu.alloc"() : () -> memref<1xi32, "host">
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%cell, %down) {blocking} : (memref<1xi32, "device">, memref<1xi32, "host">) -> ()
  %max = memref.load %down[%c0] : memref<1xi32, "host">
  %low = arith.cmpi slt, %max, %zero : i32
  scf.if %low {
    %part = memref.subview %p[1] [%c3] [1]
        : memref<4xi32, "device"> to memref<?xi32, strided<[1], offset: 1>, "device">
    "xpu.constant"(%k, %part) : (i32, memref<?xi32, strided<[1], offset: 1>, "device">) -> ()
  }
  return
}
