// The offset of a part is known after the part is computed.

func.func @f(
    %x0: memref<?xi32, "device"> {xpu.name = "x0", xpu.shape = ["B"], xpu.noalias},
    %a1: i32 {xpu.name = "a1"}) -> (memref<4xi32, "host"> {xpu.name = "r0"}) {
  %k2_index = arith.constant 2 : index
  %k1_index = arith.constant 1 : index
  %k0_index = arith.constant 0 : index
  %B = memref.dim %x0, %k0_index : memref<?xi32, "device">
  %B2 = arith.addi %B, %B : index
  %b7 = "xpu.alloc"() : () -> memref<4xi32, "host">
  "xpu.range"(%a1, %a1, %b7) : (i32, i32, memref<4xi32, "host">) -> ()
  %s8 = memref.load %b7[%k0_index] : memref<4xi32, "host">
  %b9 = "xpu.alloc"(%B) : (index) -> memref<?xi32, "host">
  "xpu.constant"(%a1, %b9) : (i32, memref<?xi32, "host">) -> ()
  %b10 = "xpu.alloc"(%B2) : (index) -> memref<?xi32, "host">
  %w12 = memref.subview %b10[%B] [%B] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1], offset: ?>, "host">
  "xpu.broadcast_add"(%b9, %s8, %w12) : (memref<?xi32, "host">, i32, memref<?xi32, strided<[1], offset: ?>, "host">) -> ()
  %w13 = memref.subview %w12[%k0_index] [%k1_index] [1] : memref<?xi32, strided<[1], offset: ?>, "host"> to memref<?xi32, strided<[1], offset: ?>, "host">
  %w14 = memref.subview %b7[%k2_index] [1] [1] : memref<4xi32, "host"> to memref<1xi32, strided<[1], offset: ?>, "host">
  "xpu.reduce_max"(%w13, %w14) : (memref<?xi32, strided<[1], offset: ?>, "host">, memref<1xi32, strided<[1], offset: ?>, "host">) -> ()
  return %b7 : memref<4xi32, "host">
}
