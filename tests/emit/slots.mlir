//@ until: lower
//@ target: kunlun3
//@ show: sources

// One kernel of gather, mul and add, its result allocated once. Nothing is known of the products: they wrap around.
func.func @slots(
    %table: memref<?xi32, "device"> {xpu.name = "table", xpu.shape = ["M"]},
    %index: memref<?xi32, "device"> {xpu.name = "index", xpu.shape = ["T"]},
    %block_size: i32 {xpu.name = "block_size"}
) -> (memref<?xi32, "device"> {xpu.name = "slots", xpu.shape = ["T"]}) {
  %c0 = arith.constant 0 : index
  %T = memref.dim %index, %c0 : memref<?xi32, "device">
  %slots = "xpu.alloc"(%T) : (index) -> memref<?xi32, "device">
  "xpu.gather"(%table, %index, %slots)
      : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.broadcast_mul"(%slots, %block_size, %slots)
      : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  "xpu.broadcast_mod"(%slots, %block_size, %slots)
      : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return %slots : memref<?xi32, "device">
}
