//@ passes: simplify

// i + (start - first), columns * batch, offset + slot.
func.func @start_less_first(
    %table: memref<?xi32, "device"> {xpu.shape = ["M"]}, %lod: memref<?xi32, "device"> {xpu.shape = ["R + 1"]},
    %start: memref<?xi32, "device"> {xpu.shape = ["R"]}, %map: memref<?xi32, "device"> {xpu.shape = ["R"]},
    %columns: i32 {xpu.name = "columns"}, %out: memref<?xi32, "device"> {xpu.shape = ["T"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %bs = arith.constant 64 : i32
  %n = memref.dim %out, %c0 : memref<?xi32, "device">
  %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %l = "xpu.read"(%lod) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %s = "xpu.read"(%start) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %b = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %row = "xpu.expand"(%l, %n) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
  %first = "xpu.gather"(%l, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %from = "xpu.gather"(%s, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %i = "xpu.range"(%zero, %one, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  %d = "xpu.broadcast_sub"(%from, %first) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %pos = "xpu.broadcast_add"(%i, %d) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %page = "xpu.broadcast_floordiv"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %off = "xpu.broadcast_mod"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %batch = "xpu.gather"(%b, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %base = "xpu.broadcast_mul"(%columns, %batch) : (i32, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %idx = "xpu.broadcast_add"(%page, %base) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %id = "xpu.gather"(%t, %idx) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %slot = "xpu.broadcast_mul"(%bs, %id) : (i32, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.broadcast_add"(%off, %slot) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// (i + start) - first, batch * columns, slot + offset.
func.func @first_last(
    %table: memref<?xi32, "device"> {xpu.shape = ["M"]}, %lod: memref<?xi32, "device"> {xpu.shape = ["R + 1"]},
    %start: memref<?xi32, "device"> {xpu.shape = ["R"]}, %map: memref<?xi32, "device"> {xpu.shape = ["R"]},
    %columns: i32 {xpu.name = "columns"}, %out: memref<?xi32, "device"> {xpu.shape = ["T"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %bs = arith.constant 64 : i32
  %n = memref.dim %out, %c0 : memref<?xi32, "device">
  %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %l = "xpu.read"(%lod) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %s = "xpu.read"(%start) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %b = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %row = "xpu.expand"(%l, %n) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
  %first = "xpu.gather"(%l, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %from = "xpu.gather"(%s, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %i = "xpu.range"(%zero, %one, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  %d = "xpu.broadcast_add"(%i, %from) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %pos = "xpu.broadcast_sub"(%d, %first) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
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

// i - (first - start), page + columns * batch.
func.func @taken_away(
    %table: memref<?xi32, "device"> {xpu.shape = ["M"]}, %lod: memref<?xi32, "device"> {xpu.shape = ["R + 1"]},
    %start: memref<?xi32, "device"> {xpu.shape = ["R"]}, %map: memref<?xi32, "device"> {xpu.shape = ["R"]},
    %columns: i32 {xpu.name = "columns"}, %out: memref<?xi32, "device"> {xpu.shape = ["T"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %bs = arith.constant 64 : i32
  %n = memref.dim %out, %c0 : memref<?xi32, "device">
  %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %l = "xpu.read"(%lod) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %s = "xpu.read"(%start) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %b = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %row = "xpu.expand"(%l, %n) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
  %first = "xpu.gather"(%l, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %from = "xpu.gather"(%s, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %i = "xpu.range"(%zero, %one, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  %d = "xpu.broadcast_sub"(%first, %from) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %pos = "xpu.broadcast_sub"(%i, %d) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %page = "xpu.broadcast_floordiv"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %off = "xpu.broadcast_mod"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %batch = "xpu.gather"(%b, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %base = "xpu.broadcast_mul"(%columns, %batch) : (i32, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %idx = "xpu.broadcast_add"(%page, %base) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %id = "xpu.gather"(%t, %idx) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %slot = "xpu.broadcast_mul"(%id, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %y = "xpu.broadcast_add"(%slot, %off) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// The offset is taken away: no slot.
func.func @not_a_slot(
    %table: memref<?xi32, "device"> {xpu.shape = ["M"]}, %lod: memref<?xi32, "device"> {xpu.shape = ["R + 1"]},
    %start: memref<?xi32, "device"> {xpu.shape = ["R"]}, %map: memref<?xi32, "device"> {xpu.shape = ["R"]},
    %columns: i32 {xpu.name = "columns"}, %out: memref<?xi32, "device"> {xpu.shape = ["T"], xpu.noalias}
) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %bs = arith.constant 64 : i32
  %n = memref.dim %out, %c0 : memref<?xi32, "device">
  %t = "xpu.read"(%table) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %l = "xpu.read"(%lod) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %s = "xpu.read"(%start) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %b = "xpu.read"(%map) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %row = "xpu.expand"(%l, %n) : (tensor<?xi32, "device">, index) -> tensor<?xi32, "device">
  %first = "xpu.gather"(%l, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %from = "xpu.gather"(%s, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %i = "xpu.range"(%zero, %one, %n) : (i32, i32, index) -> tensor<?xi32, "device">
  %d = "xpu.broadcast_sub"(%from, %first) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %pos = "xpu.broadcast_add"(%i, %d) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %page = "xpu.broadcast_floordiv"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %off = "xpu.broadcast_mod"(%pos, %bs) : (tensor<?xi32, "device">, i32) -> tensor<?xi32, "device">
  %batch = "xpu.gather"(%b, %row) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %base = "xpu.broadcast_mul"(%columns, %batch) : (i32, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %idx = "xpu.broadcast_add"(%page, %base) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %id = "xpu.gather"(%t, %idx) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %slot = "xpu.broadcast_mul"(%bs, %id) : (i32, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  %y = "xpu.broadcast_sub"(%slot, %off) : (tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
