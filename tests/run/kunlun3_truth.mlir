// Comparisons of comparisons, and elements that no vector is of.
func.func @truth(%x: memref<?xi64, "device"> {xpu.name = "x", xpu.shape = ["N"]}, %m: memref<?xi1, "device"> {xpu.name = "m", xpu.shape = ["N"]}) -> (memref<?xi1, "device"> {xpu.name = "same", xpu.shape = ["N"]}, memref<?xi1, "device"> {xpu.name = "yes", xpu.shape = ["N"]}, memref<?xi64, "device"> {xpu.name = "wide", xpu.shape = ["N"]}) {
  %c0 = arith.constant 0 : index
  %true = arith.constant true
  %k = arith.constant 5 : i64
  %n = memref.dim %x, %c0 : memref<?xi64, "device">
  %small = "xpu.alloc"(%n) : (index) -> memref<?xi1, "device">
  %same = "xpu.alloc"(%n) : (index) -> memref<?xi1, "device">
  %yes = "xpu.alloc"(%n) : (index) -> memref<?xi1, "device">
  %wide = "xpu.alloc"(%n) : (index) -> memref<?xi64, "device">
  "xpu.compare"(%x, %k, %small) {predicate = "sle"} : (memref<?xi64, "device">, i64, memref<?xi1, "device">) -> ()
  "xpu.compare"(%m, %small, %same) {predicate = "eq"} : (memref<?xi1, "device">, memref<?xi1, "device">, memref<?xi1, "device">) -> ()
  "xpu.constant"(%true, %yes) : (i1, memref<?xi1, "device">) -> ()
  "xpu.constant"(%k, %wide) : (i64, memref<?xi64, "device">) -> ()
  "xpu.free"(%small) : (memref<?xi1, "device">) -> ()
  return %same, %yes, %wide : memref<?xi1, "device">, memref<?xi1, "device">, memref<?xi64, "device">
}
