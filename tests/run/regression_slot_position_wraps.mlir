// The chain of ops that a slot mapping is made of. Its integers are 32 bits wide and wrap around: a position past 2^31 is
// negative, and so is found another page, inside the table; a row of the table is found by a product that may wrap, too.
// One op for the chain used to count in 64 bits.

!d = memref<?xi32, "device">
!h = memref<?xi32, "host">

func.func @slot_position(
    %start: !h {xpu.name = "start", xpu.shape = ["R"]}, %map: !d {xpu.name = "map", xpu.shape = ["R"]},
    %lod: !d {xpu.name = "lod", xpu.shape = ["R + 1"]}, %table: !d {xpu.name = "table", xpu.shape = ["M"]},
    %tokens: i32 {xpu.name = "tokens"}, %columns: i32 {xpu.name = "columns"}, %bs: i32 {xpu.name = "bs"},
    %out: !d {xpu.name = "out", xpu.shape = ["tokens"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  "xpu.require"(%bs, %one) {predicate = "sge", message = "bs"} : (i32, i32) -> ()
  "xpu.require"(%start, %zero) {predicate = "sge", message = "start"} : (!h, i32) -> ()
  %R = memref.dim %start, %c0 : !h
  %T = memref.dim %out, %c0 : !d
  %s = "xpu.alloc"(%R) : (index) -> !d
  "xpu.h2d"(%start, %s) {blocking} : (!h, !d) -> ()
  %row = "xpu.alloc"(%T) : (index) -> !d
  %first = "xpu.alloc"(%T) : (index) -> !d
  %from = "xpu.alloc"(%T) : (index) -> !d
  %pos = "xpu.alloc"(%T) : (index) -> !d
  %page = "xpu.alloc"(%T) : (index) -> !d
  %offset = "xpu.alloc"(%T) : (index) -> !d
  %index = "xpu.alloc"(%T) : (index) -> !d
  "xpu.expand"(%lod, %row) : (!d, !d) -> ()
  "xpu.gather"(%lod, %row, %first) : (!d, !d, !d) -> ()
  "xpu.gather"(%s, %row, %from) : (!d, !d, !d) -> ()
  "xpu.range"(%zero, %one, %pos) : (i32, i32, !d) -> ()
  "xpu.broadcast_sub"(%pos, %first, %pos) : (!d, !d, !d) -> ()
  "xpu.broadcast_add"(%from, %pos, %pos) : (!d, !d, !d) -> ()
  "xpu.broadcast_floordiv"(%pos, %bs, %page) : (!d, i32, !d) -> ()
  "xpu.broadcast_mod"(%pos, %bs, %offset) : (!d, i32, !d) -> ()
  "xpu.gather"(%map, %row, %index) : (!d, !d, !d) -> ()
  "xpu.broadcast_mul"(%index, %columns, %index) : (!d, i32, !d) -> ()
  "xpu.broadcast_add"(%index, %page, %index) : (!d, !d, !d) -> ()
  "xpu.gather"(%table, %index, %index) : (!d, !d, !d) -> ()
  "xpu.broadcast_mul"(%index, %bs, %index) : (!d, i32, !d) -> ()
  "xpu.broadcast_add"(%index, %offset, %out) : (!d, !d, !d) -> ()
  return
}
