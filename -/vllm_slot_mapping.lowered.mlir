module {
  func.func @vllm_slot_mapping(%arg0: memref<?xi32, "host"> {xpu.name = "positions", xpu.shape = ["T"]}, %arg1: memref<?xi32, "host"> {xpu.name = "query_start_loc", xpu.shape = ["R + 1"]}, %arg2: memref<?x?xi32, "device"> {xpu.name = "block_table", xpu.shape = ["R", "N"]}, %arg3: memref<?xi32, "device"> {xpu.name = "slot_mapping", xpu.noalias, xpu.output, xpu.pad = -1 : i32, xpu.shape = ["C"]}, %arg4: i32 {xpu.name = "block_size"}) {
    %c1 = arith.constant 1 : index
    %c0_i32 = arith.constant 0 : i32
    %c0 = arith.constant 0 : index
    %c1_i32 = arith.constant 1 : i32
    "xpu.require"(%arg4, %c1_i32) {message = "block_size", predicate = "sge"} : (i32, i32) -> ()
    %dim = memref.dim %arg0, %c0 : memref<?xi32, "host">
    %dim_0 = memref.dim %arg3, %c0 : memref<?xi32, "device">
    "xpu.require"(%dim, %dim_0) {message = "slot_mapping, tokens in its capacity", predicate = "sle"} : (index, index) -> ()
    %0 = memref.load %arg1[%c0] : memref<?xi32, "host">
    "xpu.require"(%0, %c0_i32) {message = "query_start_loc, first", predicate = "eq"} : (i32, i32) -> ()
    %dim_1 = memref.dim %arg2, %c0 : memref<?x?xi32, "device">
    %1 = memref.load %arg1[%dim_1] : memref<?xi32, "host">
    %2 = arith.index_cast %dim : index to i32
    "xpu.require"(%1, %2) {message = "query_start_loc, last", predicate = "eq"} : (i32, i32) -> ()
    %subview = memref.subview %arg1[1] [%dim_1] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1], offset: 1>, "host">
    %subview_2 = memref.subview %arg1[0] [%dim_1] [1] : memref<?xi32, "host"> to memref<?xi32, "host">
    "xpu.require"(%subview, %subview_2) {message = "query_start_loc, not before the request before", predicate = "sge"} : (memref<?xi32, strided<[1], offset: 1>, "host">, memref<?xi32, "host">) -> ()
    "xpu.require"(%arg0, %c0_i32) {message = "positions", predicate = "sge"} : (memref<?xi32, "host">, i32) -> ()
    %3 = "xpu.alloc"(%dim) : (index) -> memref<?xi32, "host">
    %dim_3 = memref.dim %3, %c0 : memref<?xi32, "host">
    scf.for %arg5 = %c0 to %dim_3 step %c1 {
      %8 = memref.load %arg0[%arg5] : memref<?xi32, "host">
      %9 = arith.floordivsi %8, %arg4 : i32
      memref.store %9, %3[%arg5] : memref<?xi32, "host">
    }
    %dim_4 = memref.dim %arg2, %c1 : memref<?x?xi32, "device">
    %4 = arith.index_cast %dim_4 : index to i32
    "xpu.require"(%3, %4) {message = "positions, block of the table", predicate = "slt"} : (memref<?xi32, "host">, i32) -> ()
    "xpu.free"(%3) : (memref<?xi32, "host">) -> ()
    %collapse_shape = memref.collapse_shape %arg2 [[0, 1]] : memref<?x?xi32, "device"> into memref<?xi32, "device">
    %dim_5 = memref.dim %arg1, %c0 : memref<?xi32, "host">
    %5 = arith.addi %dim_5, %dim : index
    %6 = "xpu.alloc"(%5) : (index) -> memref<?xi32, "host">
    %subview_6 = memref.subview %6[0] [%dim_5] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1]>, "host">
    %cast = memref.cast %subview_6 : memref<?xi32, strided<[1]>, "host"> to memref<?xi32, strided<[1], offset: ?>, "host">
    "xpu.copy"(%arg1, %cast) : (memref<?xi32, "host">, memref<?xi32, strided<[1], offset: ?>, "host">) -> ()
    %subview_7 = memref.subview %6[%dim_5] [%dim] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1], offset: ?>, "host">
    "xpu.copy"(%arg0, %subview_7) : (memref<?xi32, "host">, memref<?xi32, strided<[1], offset: ?>, "host">) -> ()
    %7 = "xpu.alloc"(%5) : (index) -> memref<?xi32, "device">
    "xpu.h2d"(%6, %7) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
    "xpu.free"(%6) : (memref<?xi32, "host">) -> ()
    "xpu.launch"() ({
    ^bb0(%arg5: index, %arg6: index):
      func.call @vllm_slot_mapping_gather_mul_mod_add_0(%arg5, %arg6, %7, %collapse_shape, %dim_5, %dim_5, %dim, %4, %arg4, %dim_0, %arg3) : (index, index, memref<?xi32, "device">, memref<?xi32, "device">, index, index, index, i32, i32, index, memref<?xi32, "device">) -> ()
      vector.yield
    }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
    "xpu.free"(%7) : (memref<?xi32, "device">) -> ()
    return
  }
  func.func private @vllm_slot_mapping_gather_mul_mod_add_0(%arg0: index, %arg1: index, %arg2: memref<?xi32, "device">, %arg3: memref<?xi32, "device">, %arg4: index, %arg5: index, %arg6: index, %arg7: i32, %arg8: i32, %arg9: index, %arg10: memref<?xi32, "device">) attributes {xpu.kernel} {
    %c2 = arith.constant 2 : index
    %c64 = arith.constant 64 : index
    %c768 = arith.constant 768 : index
    %c12 = arith.constant 12 : index
    %c0 = arith.constant 0 : index
    %c-1_i32 = arith.constant -1 : i32
    %c1 = arith.constant 1 : index
    %dim = memref.dim %arg10, %c0 : memref<?xi32, "device">
    %0 = arith.muli %arg1, %c12 : index
    %1 = arith.addi %0, %arg0 {xpu.name = "tid"} : index
    %2 = arith.ceildivui %dim, %c64 : index
    %3 = arith.ceildivui %2, %c768 : index
    %4 = arith.muli %3, %c64 {xpu.name = "chunk"} : index
    %5 = arith.muli %1, %4 {xpu.name = "begin"} : index
    %6 = arith.addi %5, %4 : index
    %7 = arith.minui %6, %dim {xpu.name = "end"} : index
    %8 = arith.cmpi ult, %5, %7 : index
    scf.if %8 {
      scf.for %arg11 = %5 to %7 step %c1 {
        %9 = arith.cmpi ult, %arg11, %arg6 : index
        %10 = scf.if %9 -> (i32) {
          %11:2 = scf.while (%arg12 = %c0, %arg13 = %arg4) : (index, index) -> (index, index) {
            %25 = arith.cmpi slt, %arg12, %arg13 : index
            scf.condition(%25) %arg12, %arg13 : index, index
          } do {
          ^bb0(%arg12: index, %arg13: index):
            %25 = arith.addi %arg12, %arg13 : index
            %26 = arith.divui %25, %c2 : index
            %27 = memref.load %arg2[%26] : memref<?xi32, "device">
            %28 = arith.index_cast %27 : i32 to index
            %29 = arith.cmpi sle, %28, %arg11 : index
            %30 = arith.addi %26, %c1 : index
            %31 = arith.select %29, %30, %arg12 : index
            %32 = arith.select %29, %arg13, %26 : index
            scf.yield %31, %32 : index, index
          }
          %12 = arith.subi %11#0, %c1 : index
          %13 = arith.index_cast %12 : index to i32
          %14 = arith.muli %13, %arg7 : i32
          %15 = arith.addi %arg11, %arg5 : index
          %16 = memref.load %arg2[%15] : memref<?xi32, "device">
          %17 = arith.floordivsi %16, %arg8 : i32
          %18 = arith.addi %14, %17 : i32
          %19 = arith.index_cast %18 : i32 to index
          %20 = memref.load %arg3[%19] : memref<?xi32, "device">
          %21 = arith.muli %20, %arg8 : i32
          %22 = arith.muli %17, %arg8 : i32
          %23 = arith.subi %16, %22 : i32
          %24 = arith.addi %21, %23 : i32
          scf.yield %24 : i32
        } else {
          scf.yield %c-1_i32 : i32
        }
        memref.store %10, %arg10[%arg11] : memref<?xi32, "device">
      }
    } {xpu.does = "write slot_mapping"}
    return
  }
}
