// The size of what a buffer holds was taken for something that only the device knows: a defect in planning.
func.func @f(%y: memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"], xpu.noalias},
             %x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B + 1"], xpu.noalias}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %two = arith.constant 2 : i32
  %B = memref.dim %y, %c0 : memref<?xi32, "device">
  %n = arith.addi %B, %c1 : index
  %mask = "xpu.alloc"(%n) : (index) -> memref<?xi1, "device">
  "xpu.compare"(%x, %x, %mask) {predicate = "ne"}
      : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi1, "device">) -> ()
  "xpu.select"(%mask, %x, %two, %x) : (memref<?xi1, "device">, memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}
