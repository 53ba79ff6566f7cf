// Clauses that a kernel checks: the first one in the order of the program is reported, what stands behind it is not
// computed, and the verdict comes with the rest in one buffer.

!flat = memref<?xi32, "device">
!value = tensor<?xi32, "device">
!one = tensor<1xi32, "device">
!verdict = tensor<6xi32, "device">
!packed = memref<?xi32, "host">

func.func @clauses(
    %index: !flat {xpu.name = "index", xpu.shape = ["B"]}, %table: !flat {xpu.name = "table", xpu.shape = ["M"]},
    %out: memref<?xi32, "host"> {xpu.name = "out", xpu.shape = ["B + 1"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %zero = arith.constant 0 : i32
  %hundred = arith.constant 100 : i32
  %b = memref.dim %index, %c0 : !flat
  %m = memref.dim %table, %c0 : !flat
  %rows = arith.index_cast %m : index to i32
  %end = arith.addi %c6, %b : index
  %size = arith.addi %end, %c1 : index
  %staging = "xpu.alloc"(%size) : (index) -> !flat
  "xpu.fusion"() ({
    %0 = "xpu.read"(%index) : (!flat) -> !value
    %1 = "xpu.read"(%table) : (!flat) -> !value
    // 0, 1: before the table is read.
    "xpu.require"(%0, %zero) {predicate = "sge", message = "index"} : (!value, i32) -> ()
    "xpu.require"(%0, %rows) {predicate = "slt", message = "index"} : (!value, i32) -> ()
    %2 = "xpu.gather"(%1, %0) : (!value, !value) -> !value
    %sums = "xpu.cumsum"(%2) : (!value) -> !value
    %sum = "xpu.reduce_sum"(%2) : (!value) -> !one
    %total = tensor.extract %sum[%c0] : !one
    // 2: before a division.
    "xpu.require"(%total, %zero) {predicate = "ne", message = "total"} : (i32, i32) -> ()
    %share = arith.divsi %hundred, %total : i32
    %3 = "xpu.broadcast_floordiv"(%sums, %total) : (!value, i32) -> !value
    // 3: arrays, of what may not be there.
    "xpu.require"(%3, %2) {predicate = "sle", message = "quotient"} : (!value, !value) -> ()
    %4 = "xpu.broadcast_mul"(%sums, %share) : (!value, i32) -> !value
    %v = "xpu.verdict"() : () -> !verdict
    %e = tensor.empty(%size) : !value
    %p0 = tensor.insert_slice %4 into %e[6] [%b] [1] : !value into !value
    %p1 = tensor.insert_slice %v into %p0[0] [6] [1] : !verdict into !value
    %p2 = tensor.insert %share into %p1[%end] : !value
    "xpu.into"(%p2, %staging) : (!value, !flat) -> ()
    vector.yield
  }) : () -> ()
  "xpu.wait"() : () -> ()
  %head = memref.subview %staging[0] [6] [1] : !flat to memref<6xi32, strided<[1]>, "device">
  %verdict = "xpu.alloc"() : () -> memref<6xi32, "host">
  "xpu.d2h"(%head, %verdict) {blocking} : (memref<6xi32, strided<[1]>, "device">, memref<6xi32, "host">) -> ()
  "xpu.enforce"(%verdict) {clause = 0 : i64, predicate = "sge", message = "index"} : (memref<6xi32, "host">) -> ()
  "xpu.enforce"(%verdict) {clause = 1 : i64, predicate = "slt", message = "index"} : (memref<6xi32, "host">) -> ()
  "xpu.enforce"(%verdict) {clause = 2 : i64, predicate = "ne", message = "total"} : (memref<6xi32, "host">) -> ()
  "xpu.enforce"(%verdict) {clause = 3 : i64, predicate = "sle", message = "quotient"} : (memref<6xi32, "host">) -> ()
  %n = arith.addi %b, %c1 : index
  %rest = memref.subview %staging[6] [%n] [1] : !flat to memref<?xi32, strided<[1], offset: 6>, "device">
  "xpu.d2h"(%rest, %out) {blocking} : (memref<?xi32, strided<[1], offset: 6>, "device">, memref<?xi32, "host">) -> ()
  "xpu.free"(%staging) : (!flat) -> ()
  "xpu.free"(%verdict) : (memref<6xi32, "host">) -> ()
  return
}
