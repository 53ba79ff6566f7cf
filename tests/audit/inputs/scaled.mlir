// y = k * x, and a new buffer for what the op declares in place.
func.func @scaled(
    %x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]},
    %count: memref<?xi32, "device"> {xpu.name = "count", xpu.shape = ["B"]},
    %k: i32 {xpu.name = "k"}
) -> (memref<?xi32, "device"> {xpu.name = "y"}, memref<?xi32, "device"> {xpu.name = "count_out"}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %y = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_mul"(%x, %k, %y) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  %count_out = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.copy"(%count, %count_out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %y, %count_out : memref<?xi32, "device">, memref<?xi32, "device">
}
