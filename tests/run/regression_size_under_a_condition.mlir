// What comes up under a condition has the size of the whole launch: without the condition that was 0.
func.func @f(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
             %h: memref<?xi32, "host"> {xpu.name = "h", xpu.shape = ["B"], xpu.noalias},
             %c: i1 {xpu.name = "c"}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1 : i32
  %three = arith.constant 3 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %n = arith.addi %B, %c1 : index
  "xpu.wait"() : () -> ()
  scf.if %c {
    "xpu.h2d"(%h, %x) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  }
  %lens = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_mod"(%x, %three, %lens) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%lens, %one, %lens) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  %lod = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%lens, %lod) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.expand"(%lod, %x) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
