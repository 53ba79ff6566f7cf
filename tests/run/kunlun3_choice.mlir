// A number of the launch where an element of memory would stand: a parameter of a kernel has no address.
func.func @choice(%y: memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["N"]}, %k: i32 {xpu.name = "k"}, %a: i32 {xpu.name = "a"}) -> (memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["N"]}) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %n = memref.dim %y, %c0 : memref<?xi32, "device">
  %half = arith.divui %n, %c2 : index
  %out = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.copy"(%y, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  %front = memref.subview %out[%c0] [%half] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1], offset: ?>, "device">
  "xpu.constant"(%a, %front) : (i32, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
  "xpu.broadcast_add"(%out, %k, %out) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return %out : memref<?xi32, "device">
}
