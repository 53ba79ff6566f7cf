// A range goes past the largest number: its later elements are negative.
func.func @range_wraps(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["N"]}) -> (memref<?xi32, "device"> {xpu.name = "sum", xpu.shape = ["N"]}, memref<?xi1, "device"> {xpu.name = "positive", xpu.shape = ["N"]}) {
  %c0 = arith.constant 0 : index
  %begin = arith.constant 2147483646 : i32
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %sum = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  %positive = "xpu.alloc"(%n) : (index) -> memref<?xi1, "device">
  "xpu.range"(%begin, %one, %sum) : (i32, i32, memref<?xi32, "device">) -> ()
  "xpu.compare"(%sum, %zero, %positive) {predicate = "sge"} : (memref<?xi32, "device">, i32, memref<?xi1, "device">) -> ()
  "xpu.broadcast_add"(%sum, %x, %sum) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %sum, %positive : memref<?xi32, "device">, memref<?xi1, "device">
}
