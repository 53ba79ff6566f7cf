//@ passes: simplify

// Nothing says that bs is positive: the op is not defined for others, so the terms stay.
func.func @block_size_unknown(
    %table: memref<?xi32, "device"> {xpu.name = "table", xpu.shape = ["M"]}, %lod: memref<?xi32, "device"> {xpu.name = "lod", xpu.shape = ["R + 1"]},
    %start: memref<?xi32, "host"> {xpu.name = "start", xpu.shape = ["R"]}, %map: memref<?xi32, "device"> {xpu.name = "map", xpu.shape = ["R"]},
    %columns: i32 {xpu.name = "columns"}, %bs: i32 {xpu.name = "bs"},
    %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["T"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %n = memref.dim %out, %c0 : memref<?xi32, "device">
  %h = "xpu.read"(%start) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  "xpu.require"(%h, %zero) {predicate = "sge", message = "start"} : (tensor<?xi32, "host">, i32) -> ()
  %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %l = "xpu.read"(%lod) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %s = "xpu.h2d"(%h) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %b = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %row = "xpu.expand"(%l, %n) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
  %first = "xpu.gather"(%l, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %from = "xpu.gather"(%s, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %i = "xpu.range"(%zero, %one, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  %past = "xpu.broadcast_sub"(%i, %first) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %pos = "xpu.broadcast_add"(%from, %past) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %page = "xpu.broadcast_floordiv"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %off = "xpu.broadcast_mod"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %batch = "xpu.gather"(%b, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %base = "xpu.broadcast_mul"(%batch, %columns) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %idx = "xpu.broadcast_add"(%base, %page) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %id = "xpu.gather"(%t, %idx) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %slot = "xpu.broadcast_mul"(%id, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %y = "xpu.broadcast_add"(%slot, %off) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Nothing is known of the positions: both sides take them as they come.
func.func @start_unknown(
    %table: memref<?xi32, "device"> {xpu.name = "table", xpu.shape = ["M"]}, %lod: memref<?xi32, "device"> {xpu.name = "lod", xpu.shape = ["R + 1"]},
    %start: memref<?xi32, "host"> {xpu.name = "start", xpu.shape = ["R"]}, %map: memref<?xi32, "device"> {xpu.name = "map", xpu.shape = ["R"]},
    %columns: i32 {xpu.name = "columns"}, %bs: i32 {xpu.name = "bs"},
    %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["T"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %n = memref.dim %out, %c0 : memref<?xi32, "device">
  %h = "xpu.read"(%start) : (memref<?xi32, "host">) -> tensor<?xi32, "host">
  "xpu.require"(%bs, %one) {predicate = "sge", message = "bs"} : (i32, i32) -> ()
  %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %l = "xpu.read"(%lod) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %s = "xpu.h2d"(%h) : (tensor<?xi32, "host">) -> tensor<?xi32, "device">
  %b = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %row = "xpu.expand"(%l, %n) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
  %first = "xpu.gather"(%l, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %from = "xpu.gather"(%s, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %i = "xpu.range"(%zero, %one, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  %past = "xpu.broadcast_sub"(%i, %first) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %pos = "xpu.broadcast_add"(%from, %past) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %page = "xpu.broadcast_floordiv"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %off = "xpu.broadcast_mod"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %batch = "xpu.gather"(%b, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %base = "xpu.broadcast_mul"(%batch, %columns) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %idx = "xpu.broadcast_add"(%base, %page) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %id = "xpu.gather"(%t, %idx) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %slot = "xpu.broadcast_mul"(%id, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %y = "xpu.broadcast_add"(%slot, %off) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
