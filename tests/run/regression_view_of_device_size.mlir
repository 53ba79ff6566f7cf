// A view of device memory whose size the device computes: it was read before the host knew the size.
func.func @f(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
             %o: memref<?xi32, "device"> {xpu.name = "o", xpu.shape = ["B + 1"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %two = arith.constant 2 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %n = arith.index_cast %B : index to i32
  %sums = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %sums) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  %cell = "xpu.alloc"() : () -> memref<1xi32, "device">
  "xpu.reduce_max"(%sums, %cell) : (memref<?xi32, "device">, memref<1xi32, "device">) -> ()
  %down = "xpu.alloc"() : () -> memref<1xi32, "host">
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%cell, %down) {blocking} : (memref<1xi32, "device">, memref<1xi32, "host">) -> ()
  %max = memref.load %down[%c0] : memref<1xi32, "host">
  %most = arith.minsi %max, %n : i32
  %least = arith.maxsi %most, %zero : i32
  %t = arith.index_cast %least : i32 to index
  %from = memref.subview %x[0] [%t] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1]>, "device">
  %to = memref.subview %o[%c0] [%t] [1]
      : memref<?xi32, "device"> to memref<?xi32, strided<[1], offset: ?>, "device">
  "xpu.broadcast_sub"(%from, %two, %to)
      : (memref<?xi32, strided<[1]>, "device">, i32, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
  return
}
