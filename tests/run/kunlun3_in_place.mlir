// An input that only a kernel writes.
func.func @in_place(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["N"]}, %k: i32 {xpu.name = "k"}) {
  "xpu.broadcast_add"(%x, %k, %x) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return
}
