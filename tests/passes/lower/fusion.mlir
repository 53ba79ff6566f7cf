//@ passes: lower
// A fusion is one launch.

// A chain of element-wise ops: each element is computed where it is written, and stored once.
func.func @chain(%table: memref<?xi32, "device">, %index: memref<?xi32, "device">, %offset: memref<?xi32, "device">, %bs: i32, %out: memref<?xi32, "device">) {
  "xpu.fusion"() ({
    %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %i = "xpu.read"(%index) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %o = "xpu.read"(%offset) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %0 = "xpu.gather"(%t, %i) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    %1 = "xpu.broadcast_mul"(%0, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
    %2 = "xpu.broadcast_add"(%1, %o) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
    "xpu.into"(%2, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// A part of a buffer into a part of another, and a fill: two writes of one launch.
func.func @parts(%n: index, %x: memref<?xi32, "device">, %k: i32, %a: memref<?xi32, "device">, %b: memref<?xi32, "device">) {
  %front = memref.subview %a[0] [%n] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1]>, "device">
  "xpu.fusion"() ({
    %v = "xpu.read"(%x) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %s = tensor.extract_slice %v[%n] [%n] [1] : tensor<?xi32, "device"> to tensor<?xi32, "device">
    "xpu.into"(%s, %front) : (tensor<?xi32, "device">, memref<?xi32, strided<[1]>, "device">) -> ()
    %c = "xpu.constant"(%k, %n) : (i32, index) -> tensor<?xi32, "device">
    "xpu.into"(%c, %b) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}

// -----

// A slot mapping in a fusion reads its tables where they are.
func.func @slots(%table: memref<?xi32, "device">, %lod: memref<?xi32, "device">, %start: memref<?xi32, "device">, %map: memref<?xi32, "device">, %columns: i32, %bs: i32, %pad: i32, %t: index, %out: memref<?xi32, "device">) {
  "xpu.fusion"() ({
    %0 = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %1 = "xpu.read"(%lod) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %2 = "xpu.read"(%start) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %3 = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
    %4 = "xpu.slot_mapping"(%0, %1, %2, %3, %columns, %bs, %pad, %t) : (tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, i32, i32, i32, index) -> tensor<?xi32, "device">
    "xpu.into"(%4, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) : () -> ()
  return
}
