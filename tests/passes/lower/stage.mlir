//@ passes: lower
// A fusion as a stage: scans that others read lie in memory on chip.

!i32s = memref<?xi32, "device">
!values = tensor<?xi32, "device">

// A scan, then reads at any index: every cluster has the sums in its own memory.
func.func @scan_then_gather(%x: !i32s, %index: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    %1 = "xpu.read"(%index) : (!i32s) -> !values
    %2 = "xpu.cumsum"(%0) : (!values) -> !values
    %3 = "xpu.gather"(%2, %1) : (!values, !values) -> !values
    "xpu.into"(%3, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<16xi32, "device">
!values = tensor<16xi32, "device">

// Two scans that do not need each other, on two cores: one barrier. Sizes that the text says fit: no other kernel.
func.func @two_scans(%x: !i32s, %y: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    %1 = "xpu.read"(%y) : (!i32s) -> !values
    %2 = "xpu.cumsum"(%0) : (!values) -> !values
    %3 = "xpu.cumsum"(%1) : (!values) -> !values
    %4 = "xpu.broadcast_add"(%2, %3) : (!values, !values) -> !values
    "xpu.into"(%4, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<16xi32, "device">
!values = tensor<16xi32, "device">
!one = tensor<1xi32, "device">

// A scan of what needs a scan: two levels. The last scan goes straight to where it is written.
func.func @levels(%x: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %c0 = arith.constant 0 : index
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    %1 = "xpu.reduce_max"(%0) : (!values) -> !one
    %2 = tensor.extract %1[%c0] : !one
    %3 = "xpu.compare"(%0, %2) {predicate = "eq"} : (!values, i32) -> tensor<16xi1, "device">
    %4 = "xpu.compact"(%0, %3) : (!values, tensor<16xi1, "device">) -> !values
    %5 = "xpu.gather"(%4, %0) : (!values, !values) -> !values
    %6 = "xpu.cumsum"(%5) : (!values) -> !values
    "xpu.into"(%6, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<16xi32, "device">
!values = tensor<16xi32, "device">
!one = tensor<1xi32, "device">
!view = memref<?xi32, strided<[1], offset: ?>, "device">

// A part of a buffer, as long as the device says.
func.func @device_size(%x: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %c0 = arith.constant 0 : index
    %c7 = arith.constant 7 : i32
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    %1 = "xpu.reduce_sum"(%0) : (!values) -> !one
    %2 = tensor.extract %1[%c0] : !one
    %n = arith.index_cast %2 : i32 to index
    %front = memref.subview %out[%n] [%n] [1] : !i32s to !view
    %3 = "xpu.constant"(%c7, %n) : (i32, index) -> tensor<?xi32, "device">
    "xpu.into"(%3, %front) : (tensor<?xi32, "device">, !view) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<16xi32, "device">
!values = tensor<16xi32, "device">

// A value that is used and written: two writes, one launch.
func.func @also_output(%table: !i32s, %index: !i32s, %rows: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %c1 = arith.constant 1 : i32
    %0 = "xpu.read"(%table) : (!i32s) -> !values
    %1 = "xpu.read"(%index) : (!i32s) -> !values
    %2 = "xpu.gather"(%0, %1) : (!values, !values) -> !values
    "xpu.into"(%2, %rows) : (!values, !i32s) -> ()
    %3 = "xpu.broadcast_add"(%2, %c1) : (!values, i32) -> !values
    %4 = "xpu.broadcast_mul"(%3, %3) : (!values, !values) -> !values
    "xpu.into"(%4, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<?xi32, "device">
!values = tensor<?xi32, "device">

// The row of a token inside an expression, found by bisection.
func.func @expand_inside(%lens: !i32s, %start: !i32s, %t: index, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%lens) : (!i32s) -> !values
    %1 = "xpu.read"(%start) : (!i32s) -> !values
    %lod = "xpu.cumsum"(%0) {exclusive} : (!values) -> !values
    %row = "xpu.expand"(%lod, %t) : (!values, index) -> !values
    %2 = "xpu.gather"(%1, %row) : (!values, !values) -> !values
    "xpu.into"(%2, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<100000xi32, "device">
!values = tensor<100000xi32, "device">

// More than a cluster has: one cluster, and a buffer of the device.
func.func @too_large(%x: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (!i32s) -> !values
    %1 = "xpu.cumsum"(%0) : (!values) -> !values
    %2 = "xpu.broadcast_add"(%0, %1) : (!values, !values) -> !values
    "xpu.into"(%2, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<?xi32, "device">
!values = tensor<?xi32, "device">
!one = tensor<1xi32, "device">

// Two slot mappings: one written in runs, one an element at a time inside an expression.
func.func @slots_inside(%table: !i32s, %lens: !i32s, %start: !i32s, %map: !i32s, %columns: i32, %bs: i32, %pad: i32, %t: index, %slots: !i32s, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%table) : (!i32s) -> !values
    %1 = "xpu.read"(%lens) : (!i32s) -> !values
    %2 = "xpu.read"(%start) : (!i32s) -> !values
    %3 = "xpu.read"(%map) : (!i32s) -> !values
    %lod = "xpu.cumsum"(%1) {exclusive} : (!values) -> !values
    %4 = "xpu.slot_mapping"(%0, %lod, %2, %3, %columns, %bs, %pad, %t) : (!values, !values, !values, !values, i32, i32, i32, index) -> !values
    "xpu.into"(%4, %slots) : (!values, !i32s) -> ()
    %5 = "xpu.broadcast_max"(%4, %pad) : (!values, i32) -> !values
    "xpu.into"(%5, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<?xi32, "device">
!values = tensor<?xi32, "device">

// Writes as long as each other share a loop: the gather is done once, x is read before it changes.
func.func @one_loop(%table: !i32s, %x: !i32s, %k: i32, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%table) : (!i32s) -> !values
    %1 = "xpu.read"(%x) : (!i32s) -> !values
    %2 = "xpu.gather"(%0, %1) : (!values, !values) -> !values
    %3 = "xpu.broadcast_add"(%2, %k) : (!values, i32) -> !values
    "xpu.into"(%3, %x) : (!values, !i32s) -> ()
    %4 = "xpu.broadcast_mul"(%2, %1) : (!values, !values) -> !values
    "xpu.into"(%4, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

!i32s = memref<?xi32, "device">
!values = tensor<?xi32, "device">

// A table that is a part of memory is read as a view: nothing beyond it is found.
func.func @part_as_table(%packed: !i32s, %index: !i32s, %at: index, %n: index, %out: !i32s) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%packed) : (!i32s) -> !values
    %1 = "xpu.read"(%index) : (!i32s) -> !values
    %part = tensor.extract_slice %0[%at] [%n] [1] : !values to !values
    %2 = "xpu.gather"(%part, %1) : (!values, !values) -> !values
    "xpu.into"(%2, %out) : (!values, !i32s) -> ()
    vector.yield
  }) : () -> ()
  return
}
