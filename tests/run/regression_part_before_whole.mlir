// The part of a packed buffer was computed before the whole was there, which was then made as small as the part.
func.func @f(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
             %h: memref<?xi32, "host"> {xpu.name = "h", xpu.shape = ["B"], xpu.noalias},
             %o: memref<?xi32, "device"> {xpu.name = "o", xpu.shape = ["B"], xpu.noalias, xpu.output})
    -> (memref<1xi32, "device"> {xpu.name = "max"}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %low = arith.constant -50 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %n = arith.addi %B, %c1 : index
  %lows = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.constant"(%low, %lows) : (i32, memref<?xi32, "device">) -> ()
  %cell = "xpu.alloc"() : () -> memref<1xi32, "device">
  "xpu.reduce_max"(%lows, %cell) : (memref<?xi32, "device">, memref<1xi32, "device">) -> ()
  %down = "xpu.alloc"() : () -> memref<1xi32, "host">
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%cell, %down) {blocking} : (memref<1xi32, "device">, memref<1xi32, "host">) -> ()
  %v = memref.load %down[%c0] : memref<1xi32, "host">
  "xpu.require"(%v, %low) {predicate = "sge", message = "least"} : (i32, i32) -> ()
  %max = "xpu.alloc"() : () -> memref<1xi32, "device">
  "xpu.reduce_max"(%x, %max) : (memref<?xi32, "device">, memref<1xi32, "device">) -> ()
  %back = "xpu.alloc"() : () -> memref<1xi32, "host">
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%max, %back) {blocking} : (memref<1xi32, "device">, memref<1xi32, "host">) -> ()
  %w = memref.load %back[%c0] : memref<1xi32, "host">
  %same = arith.cmpi eq, %w, %w : i32
  scf.if %same {
    memref.store %v, %h[%c0] : memref<?xi32, "host">
  }
  "xpu.h2d"(%h, %o) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  return %max : memref<1xi32, "device">
}
