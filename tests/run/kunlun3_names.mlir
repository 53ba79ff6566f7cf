// Names that a file of C++ has for other things, and one that is none there.
func.func @size(%x: memref<?xi32, "device"> {xpu.name = "shared_memory", xpu.shape = ["x_shape"]}, %i: memref<?xi32, "device"> {xpu.name = "lanes", xpu.shape = ["x_shape"]}, %k: i32 {xpu.name = "a-b"}, %m: i32 {xpu.name = "compl"}, %unused: i32 {xpu.name = "found"}) -> (memref<?xi32, "device"> {xpu.name = "min", xpu.shape = ["x_shape"]}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %n1 = arith.addi %n, %c1 : index
  %sums = "xpu.alloc"(%n1) : (index) -> memref<?xi32, "device">
  %out = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %sums) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.gather"(%sums, %i, %out) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%out, %k, %out) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  "xpu.broadcast_mul"(%out, %m, %out) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  "xpu.free"(%sums) : (memref<?xi32, "device">) -> ()
  return %out : memref<?xi32, "device">
}
