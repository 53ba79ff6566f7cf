// Many things at once, on chip and, for a large n, in buffers of the device: i64 and i1 values that are stored, a part
// that is packed itself, a condition of the device around what may fail, and a verdict of its own.

!flat = memref<?xi32, "device">
!long = memref<?xi64, "device">
!value = tensor<?xi32, "device">
!longs = tensor<?xi64, "device">
!bits = tensor<?xi1, "device">
!verdict = tensor<6xi32, "device">
!six = memref<6xi32, "device">

func.func @stage_mixed(
    %x: !flat {xpu.name = "x", xpu.shape = ["B"]}, %n: i32 {xpu.name = "n"}, %k: i32 {xpu.name = "k"},
    %sums: !long {xpu.name = "sums", xpu.shape = ["B"], xpu.output},
    %pack: !flat {xpu.name = "pack", xpu.shape = ["2*B + 3"], xpu.output},
    %odd: memref<?xi1, "device"> {xpu.name = "odd", xpu.shape = ["B"], xpu.output},
    %verdict: memref<6xi32, "host"> {xpu.name = "verdict", xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %two = arith.constant 2 : i32
  %thousand = arith.constant 1000 : i64
  %limit = arith.constant 80000 : i32
  "xpu.require"(%n, %zero) {predicate = "sge", message = "n"} : (i32, i32) -> ()
  "xpu.require"(%n, %limit) {predicate = "sle", message = "n"} : (i32, i32) -> ()
  %size = arith.index_cast %n : i32 to index
  %b = memref.dim %x, %c0 : !flat
  %found = "xpu.alloc"() : () -> !six
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (!flat) -> !value
    %1 = "xpu.reduce_max"(%0) : (!value) -> tensor<1xi32, "device">
    %largest = tensor.extract %1[%c0] : tensor<1xi32, "device">
    "xpu.require"(%largest, %n) {predicate = "slt", message = "largest x"} : (i32, i32) -> ()
    "xpu.require"(%0, %zero) {predicate = "sge", message = "x"} : (!value, i32) -> ()
    %v = "xpu.verdict"() : () -> !verdict
    // Sums of 0, 1, 2, ... in 64 bits, looked up at x.
    %all = "xpu.range"(%zero, %one, %size) : (i32, i32, index) -> !value
    %run = "xpu.cumsum"(%all) : (!value) -> !value
    %at = "xpu.gather"(%run, %0) : (!value, !value) -> !value
    %wide = "xpu.reduce_sum"(%at) : (!value) -> tensor<1xi64, "device">
    %total = tensor.extract %wide[%c0] : tensor<1xi64, "device">
    %ones = "xpu.constant"(%total, %b) : (i64, index) -> !longs
    %long = "xpu.cumsum"(%ones) : (!longs) -> !longs
    %short = "xpu.broadcast_floordiv"(%long, %thousand) : (!longs, i64) -> !longs
    "xpu.into"(%short, %sums) : (!longs, !long) -> ()
    // Bits, stored and looked up.
    %rest = "xpu.broadcast_mod"(%0, %two) : (!value, i32) -> !value
    %is_odd = "xpu.compare"(%rest, %one) {predicate = "eq"} : (!value, i32) -> !bits
    %kept = "xpu.compact"(%is_odd, %is_odd) : (!bits, !bits) -> !bits
    %both = "xpu.select"(%kept, %is_odd, %kept) : (!bits, !bits, !bits) -> !bits
    "xpu.into"(%both, %odd) : (!bits, memref<?xi1, "device">) -> ()
    // A quotient, if the largest is above k; the extract is out of bounds otherwise.
    %above = arith.cmpi sgt, %largest, %k : i32
    %over = arith.subi %largest, %k : i32
    %less = arith.subi %over, %one : i32
    %place = arith.index_cast %less : i32 to index
    %there = tensor.extract %run[%place] : !value
    %scaled = "xpu.broadcast_mul"(%0, %there) : (!value, i32) -> !value
    %sum = "xpu.cumsum"(%scaled) : (!value) -> !value
    %chosen = arith.select %above, %sum, %0 : !value
    %number = arith.select %above, %there, %n : i32
    %e = tensor.empty(%b) : !value
    %end = arith.addi %b, %c1 : index
    %inner_size = arith.addi %end, %c1 : index
    %inner = tensor.empty(%inner_size) : !value
    %i0 = tensor.insert_slice %chosen into %inner[%c1] [%b] [1] : !value into !value
    %i1 = tensor.insert %number into %i0[%c0] : !value
    %i2 = tensor.insert %n into %i1[%end] : !value
    %outer_size = arith.addi %inner_size, %b : index
    %outer_all = arith.addi %outer_size, %c1 : index
    %outer = tensor.empty(%outer_all) : !value
    %o0 = tensor.insert_slice %i2 into %outer[0] [%inner_size] [1] : !value into !value
    %o1 = tensor.insert %largest into %o0[%inner_size] : !value
    %behind = arith.addi %inner_size, %c1 : index
    %o2 = tensor.insert_slice %0 into %o1[%behind] [%b] [1] : !value into !value
    "xpu.into"(%o2, %pack) : (!value, !flat) -> ()
    "xpu.into"(%v, %found) : (!verdict, !six) -> ()
    vector.yield
  }) : () -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%found, %verdict) {blocking} : (!six, memref<6xi32, "host">) -> ()
  "xpu.enforce"(%verdict) {clause = 0 : i64, predicate = "slt", message = "largest x"} : (memref<6xi32, "host">) -> ()
  "xpu.enforce"(%verdict) {clause = 1 : i64, predicate = "sge", message = "x"} : (memref<6xi32, "host">) -> ()
  return
}
