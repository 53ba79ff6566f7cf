func.func @sum(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"},
               %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1 : i32
  "xpu.require"(%k, %one) {predicate = "sge", message = "k"} : (i32, i32) -> ()
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_mul"(%x, %k, %tmp) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%tmp, %x, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.free"(%tmp) : (memref<?xi32, "device">) -> ()
  return
}
