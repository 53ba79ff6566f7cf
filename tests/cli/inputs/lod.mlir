func.func @lod(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]})
    -> (memref<?xi32, "device"> {xpu.name = "lod", xpu.shape = ["B + 1"]}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %n1 = arith.addi %n, %c1 : index
  %lod = "xpu.alloc"(%n1) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %lod) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %lod : memref<?xi32, "device">
}
