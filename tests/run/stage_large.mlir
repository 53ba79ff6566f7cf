// Sums that may have no room on chip: then one cluster keeps them in a buffer of the device.

!flat = memref<?xi32, "device">
!value = tensor<?xi32, "device">

func.func @stage_large(%n: i32 {xpu.name = "n"}, %index: !flat {xpu.name = "index", xpu.shape = ["B"]},
                       %out: !flat {xpu.name = "out", xpu.shape = ["B"], xpu.output}) {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %limit = arith.constant 80000 : i32
  "xpu.require"(%n, %zero) {predicate = "sge", message = "n"} : (i32, i32) -> ()
  "xpu.require"(%n, %limit) {predicate = "sle", message = "n"} : (i32, i32) -> ()
  %size = arith.index_cast %n : i32 to index
  "xpu.fusion"() ({
    %0 = "xpu.range"(%zero, %one, %size) : (i32, i32, index) -> !value
    %1 = "xpu.cumsum"(%0) : (!value) -> !value
    %2 = "xpu.read"(%index) : (!flat) -> !value
    %3 = "xpu.gather"(%1, %2) : (!value, !value) -> !value
    "xpu.into"(%3, %out) : (!value, !flat) -> ()
    vector.yield
  }) : () -> ()
  return
}
