// Sides of a select in one launch: a scan with a division, and a lookup that does not fit, run only where they are taken.

!flat = memref<?xi32, "device">
!value = tensor<?xi32, "device">
!one = tensor<1xi32, "device">

func.func @lazy_stage(
    %x: !flat {xpu.name = "x", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"}, %flag: i1 {xpu.name = "flag"},
    %out: !flat {xpu.name = "out", xpu.shape = ["B"], xpu.output},
    %sums: !flat {xpu.name = "sums", xpu.shape = ["B"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (!flat) -> !value
    // k may be 0 where no x is above 9.
    %1 = "xpu.broadcast_floordiv"(%0, %k) : (!value, i32) -> !value
    %2 = "xpu.cumsum"(%1) : (!value) -> !value
    // A size is known without the value.
    %b = tensor.dim %2, %c0 : !value
    %whole = memref.subview %out[0] [%b] [1] : !flat to memref<?xi32, strided<[1]>, "device">
    %3 = "xpu.broadcast_mul"(%2, %2) : (!value, !value) -> !value
    %max = "xpu.reduce_max"(%0) : (!value) -> !one
    %largest = tensor.extract %max[%c0] : !one
    %nine = arith.constant 9 : i32
    %above = arith.cmpi sgt, %largest, %nine : i32
    %4 = arith.select %above, %3, %0 : !value
    "xpu.into"(%4, %whole) : (!value, memref<?xi32, strided<[1]>, "device">) -> ()
    // Both sides are scans that nothing else uses.
    %5 = "xpu.gather"(%0, %0) : (!value, !value) -> !value
    %6 = "xpu.cumsum"(%5) : (!value) -> !value
    %7 = "xpu.cumsum"(%0) : (!value) -> !value
    %8 = arith.select %flag, %6, %7 : !value
    "xpu.into"(%8, %sums) : (!value, !flat) -> ()
    vector.yield
  }) : () -> ()
  return
}
