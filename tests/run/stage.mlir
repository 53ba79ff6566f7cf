// One launch that is a whole stage: scans, a row for each token, two writes of one buffer, as long as
// the device says.

!flat = memref<?xi32, "device">
!slice = memref<?xi32, strided<[1], offset: ?>, "device">
!value = tensor<?xi32, "device">

func.func @stage(
    %lens: !flat {xpu.name = "lens", xpu.shape = ["B"]}, %start: !flat {xpu.name = "start", xpu.shape = ["B"]},
    %lod: !flat {xpu.name = "lod", xpu.shape = ["B + 1"], xpu.output},
    %kept: !flat {xpu.name = "kept", xpu.shape = ["B"], xpu.output},
    %longest: memref<1xi32, "device"> {xpu.name = "longest", xpu.output},
    %tokens: !flat {xpu.name = "tokens", xpu.shape = ["1000"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %minus = arith.constant -1 : i32
  %ten = arith.constant 10 : i32
  %t = memref.dim %tokens, %c0 : !flat
  "xpu.fusion"() ({
    %given = "xpu.read"(%lens) : (!flat) -> !value
    %0 = "xpu.broadcast_mod"(%given, %ten) : (!value, i32) -> !value
    %1 = "xpu.read"(%start) : (!flat) -> !value
    %some = "xpu.compare"(%0, %zero) {predicate = "sgt"} : (!value, i32) -> tensor<?xi1, "device">
    %2 = "xpu.compact"(%0, %some) : (!value, tensor<?xi1, "device">) -> !value
    "xpu.into"(%2, %kept) : (!value, !flat) -> ()
    %3 = "xpu.cumsum"(%2) {exclusive} : (!value) -> !value
    %4 = "xpu.compact"(%1, %some) : (!value, tensor<?xi1, "device">) -> !value
    "xpu.into"(%3, %lod) : (!value, !flat) -> ()
    %max = "xpu.reduce_max"(%0) : (!value) -> tensor<1xi32, "device">
    "xpu.into"(%max, %longest) : (tensor<1xi32, "device">, memref<1xi32, "device">) -> ()
    %sum = "xpu.reduce_sum"(%0) : (!value) -> tensor<1xi32, "device">
    %total = tensor.extract %sum[%c0] : tensor<1xi32, "device">
    %n = arith.index_cast %total : i32 to index
    %row = "xpu.expand"(%3, %n) : (!value, index) -> !value
    %first = "xpu.gather"(%3, %row) : (!value, !value) -> !value
    %from = "xpu.gather"(%4, %row) : (!value, !value) -> !value
    %one = arith.constant 1 : i32
    %place = "xpu.range"(%zero, %one, %n) : (i32, i32, index) -> !value
    %offset = "xpu.broadcast_sub"(%place, %first) : (!value, !value) -> !value
    %position = "xpu.broadcast_add"(%from, %offset) : (!value, !value) -> !value
    %used = memref.subview %tokens[0] [%n] [1] : !flat to memref<?xi32, strided<[1]>, "device">
    "xpu.into"(%position, %used) : (!value, memref<?xi32, strided<[1]>, "device">) -> ()
    %rest = arith.subi %t, %n : index
    %unused = memref.subview %tokens[%n] [%rest] [1] : !flat to !slice
    %pad = "xpu.constant"(%minus, %rest) : (i32, index) -> !value
    "xpu.into"(%pad, %unused) : (!value, !slice) -> ()
    vector.yield
  }) : () -> ()
  return
}
