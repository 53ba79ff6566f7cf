// Two dimensions of sizes that are known only at the launch, and flattened.
func.func @rows(%x: memref<?x?xi32, "device"> {xpu.name = "x", xpu.shape = ["R", "C"]}, %y: memref<?x1xi32, "device"> {xpu.name = "y", xpu.shape = ["R", "1"]}) -> (memref<?x?xi32, "device"> {xpu.name = "sums", xpu.shape = ["R", "C"]}, memref<?xi32, "device"> {xpu.name = "all", xpu.shape = ["R*C"]}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = memref.dim %x, %c0 : memref<?x?xi32, "device">
  %c = memref.dim %x, %c1 : memref<?x?xi32, "device">
  %n = arith.muli %r, %c : index
  %sums = "xpu.alloc"(%r, %c) : (index, index) -> memref<?x?xi32, "device">
  %all = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_add"(%x, %y, %sums) : (memref<?x?xi32, "device">, memref<?x1xi32, "device">, memref<?x?xi32, "device">) -> ()
  %flat = memref.collapse_shape %sums [[0, 1]] : memref<?x?xi32, "device"> into memref<?xi32, "device">
  "xpu.cumsum"(%flat, %all) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %sums, %all : memref<?x?xi32, "device">, memref<?xi32, "device">
}
