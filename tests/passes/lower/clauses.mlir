//@ passes: lower
// Clauses that a kernel checks: what stands behind one runs only if it holds.

!i32s = memref<8xi32, "device">
!values = tensor<8xi32, "device">

// The index is checked before the table is read. A clause on arrays is a step, and its record lies on chip.
func.func @gather_after_clause(%table: !i32s, %index: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %c0 = arith.constant 0 : i32
    %c8 = arith.constant 8 : i32
    %0 = "xpu.read"(%table) : (!i32s) -> !values
    %1 = "xpu.read"(%index) : (!i32s) -> !values
    "xpu.require"(%1, %c0) {predicate = "sge", message = "index"} : (!values, i32) -> ()
    "xpu.require"(%1, %c8) {predicate = "slt", message = "index"} : (!values, i32) -> ()
    %2 = "xpu.gather"(%0, %1) : (!values, !values) -> !values
    %3 = "xpu.cumsum"(%2) : (!values) -> !values
    %4 = "xpu.broadcast_add"(%3, %2) : (!values, !values) -> !values
    "xpu.into"(%4, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<?xi32, "device">
!values = tensor<?xi32, "device">
!one = tensor<1xi32, "device">
!verdict = tensor<6xi32, "device">

// A packed buffer: the verdict is written in any case, the rest if all clauses hold. The clause on scalars needs no
// memory, and the division after it is not done where it fails.
func.func @verdict(%x: !i32s, %n: index, %out: !i32s) {
  "xpu.fusion"() ({
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %hundred = arith.constant 100 : i32
    %c6 = arith.constant 6 : index
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    "xpu.require"(%0, %zero) {predicate = "sge", message = "x"} : (!values, i32) -> ()
    %1 = "xpu.reduce_sum"(%0) : (!values) -> !one
    %sum = tensor.extract %1[%c0] : !one
    "xpu.require"(%sum, %zero) {predicate = "sgt", message = "sum of x"} : (i32, i32) -> ()
    %each = arith.divsi %hundred, %sum : i32
    %2 = "xpu.broadcast_mul"(%0, %each) : (!values, i32) -> !values
    %v = "xpu.verdict"() : () -> !verdict
    %size = arith.addi %n, %c6 : index
    %end = arith.constant 1 : index
    %all = arith.addi %size, %end : index
    %e = tensor.empty(%all) : !values
    %p0 = tensor.insert_slice %v into %e[0] [6] [1] : !verdict into !values
    %p1 = tensor.insert_slice %2 into %p0[%c6] [%n] [1] : !values into !values
    %p2 = tensor.insert %sum into %p1[%size] : !values
    "xpu.into"(%p2, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<8xi32, "device">
!values = tensor<8xi32, "device">
!one = tensor<1xi32, "device">

// A side that is not taken is not computed: its division fails only there. The scan waits for the condition.
func.func @lazy_arm(%x: !i32s, %k: i32, %out: !i32s) {
  "xpu.fusion"() ({
    %c0 = arith.constant 0 : index
    %zero = arith.constant 0 : i32
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    %1 = "xpu.broadcast_floordiv"(%0, %k) : (!values, i32) -> !values
    %2 = "xpu.cumsum"(%1) : (!values) -> !values
    %3 = "xpu.broadcast_add"(%2, %k) : (!values, i32) -> !values
    %4 = "xpu.reduce_max"(%0) : (!values) -> !one
    %5 = tensor.extract %4[%c0] : !one
    %some = arith.cmpi ne, %5, %zero : i32
    %6 = arith.select %some, %3, %0 : !values
    "xpu.into"(%6, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<4xi32, "device">
!values = tensor<4xi32, "device">

// What an earlier clause depends on may fail although a later one does; neither looks at the other.
func.func @before_clause(%table: !i32s, %index: !i32s, %k: i32, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%table) : (!i32s) -> !values
    %1 = "xpu.read"(%index) : (!i32s) -> !values
    %2 = "xpu.gather"(%0, %1) : (!values, !values) -> !values
    "xpu.require"(%2, %k) {predicate = "ne", message = "entry"} : (!values, i32) -> ()
    %3 = "xpu.gather"(%0, %2) : (!values, !values) -> !values
    "xpu.require"(%3, %2) {predicate = "eq", message = "entry of entry"} : (!values, !values) -> ()
    "xpu.into"(%3, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<?xi32, "device">
!values = tensor<?xi32, "device">

// Parts that may overlap are looked up element by element.
func.func @overlap(%x: !i32s, %n: index, %at: index, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    %e = tensor.empty(%n) : !values
    %p0 = tensor.insert_slice %0 into %e[0] [%n] [1] : !values into !values
    %s = tensor.extract_slice %0[0] [%at] [1] : !values to !values
    %p1 = tensor.insert_slice %s into %p0[%at] [%at] [1] : !values into !values
    "xpu.into"(%p1, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}
