//@ passes: simplify

// The tokens stand in front of padding, and there are as many as the lod says: one op writes both.
func.func @slot_pad(
    %table: memref<?xi32, "device"> {xpu.name = "table", xpu.shape = ["M"]}, %lods: memref<?xi32, "host"> {xpu.name = "lods", xpu.shape = ["R + 1"]},
    %start: memref<?xi32, "device"> {xpu.name = "start", xpu.shape = ["R"]}, %map: memref<?xi32, "device"> {xpu.name = "map", xpu.shape = ["R"]},
    %rows: index {xpu.name = "rows"}, %columns: i32 {xpu.name = "columns"}, %bs: i32 {xpu.name = "bs"},
    %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["T"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %minus_one = arith.constant -1 : i32
  %size = memref.dim %out, %c0 : memref<?xi32, "device">
  %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %h = "xpu.read"(%lods) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %s = "xpu.read"(%start) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %b = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %entries = arith.addi %rows, %c1 : index
  %part = tensor.extract_slice %h[0] [%entries] [1] : tensor<?xi32, "host"> to tensor<?xi32, "host">
  %l = "xpu.h2d"(%part) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %last = tensor.extract %h[%rows] : tensor<?xi32, "host">
  %n = arith.index_cast %last : i32 to index
  %slots = "xpu.slot_mapping"(%t, %l, %s, %b, %columns, %bs, %zero, %n)
      : (tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, i32, i32, i32, index) -> tensor<?xi32, "device">
  %fill = "xpu.constant"(%minus_one, %size) : (i32, index) -> tensor<?xi32, "device">
  %y = tensor.insert_slice %slots into %fill[0] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Fewer tokens than the lod says are wanted: the op would write the others over the padding.
func.func @fewer_tokens(
    %table: memref<?xi32, "device"> {xpu.name = "table", xpu.shape = ["M"]}, %lods: memref<?xi32, "host"> {xpu.name = "lods", xpu.shape = ["R + 1"]},
    %start: memref<?xi32, "device"> {xpu.name = "start", xpu.shape = ["R"]}, %map: memref<?xi32, "device"> {xpu.name = "map", xpu.shape = ["R"]},
    %rows: index {xpu.name = "rows"}, %columns: i32 {xpu.name = "columns"}, %bs: i32 {xpu.name = "bs"},
    %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["T"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %minus_one = arith.constant -1 : i32
  %size = memref.dim %out, %c0 : memref<?xi32, "device">
  %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %h = "xpu.read"(%lods) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  %s = "xpu.read"(%start) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %b = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %entries = arith.addi %rows, %c1 : index
  %part = tensor.extract_slice %h[0] [%entries] [1] : tensor<?xi32, "host"> to tensor<?xi32, "host">
  %l = "xpu.h2d"(%part) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %last = tensor.extract %h[%c0] : tensor<?xi32, "host">
  %n = arith.index_cast %last : i32 to index
  %slots = "xpu.slot_mapping"(%t, %l, %s, %b, %columns, %bs, %zero, %n)
      : (tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">, i32, i32, i32, index) -> tensor<?xi32, "device">
  %fill = "xpu.constant"(%minus_one, %size) : (i32, index) -> tensor<?xi32, "device">
  %y = tensor.insert_slice %slots into %fill[0] [%n] [1] : tensor<?xi32, "device"> into tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
