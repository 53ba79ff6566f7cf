// The op itself, on the device and on the host: padding behind the last token, tokens beyond the end of the output left
// out, positions below 0.

!d = memref<?xi32, "device">
!h = memref<?xi32, "host">

func.func @slot_mapping(
    %start: !d {xpu.name = "start", xpu.shape = ["R"]}, %map: !d {xpu.name = "map", xpu.shape = ["R"]},
    %lod: !d {xpu.name = "lod", xpu.shape = ["R + 1"]}, %table: !d {xpu.name = "table", xpu.shape = ["M"]},
    %tokens: i32 {xpu.name = "tokens"}, %columns: i32 {xpu.name = "columns"}, %bs: i32 {xpu.name = "bs"}, %pad: i32 {xpu.name = "pad"},
    %out: !d {xpu.name = "out", xpu.shape = ["tokens"], xpu.noalias, xpu.output},
    %host_out: !h {xpu.name = "host_out", xpu.shape = ["tokens"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %R = memref.dim %start, %c0 : !d
  %R1 = memref.dim %lod, %c0 : !d
  %M = memref.dim %table, %c0 : !d
  "xpu.slot_mapping"(%table, %lod, %start, %map, %columns, %bs, %pad, %out) : (!d, !d, !d, !d, i32, i32, i32, !d) -> ()
  %hs = "xpu.alloc"(%R) : (index) -> !h
  %hm = "xpu.alloc"(%R) : (index) -> !h
  %hl = "xpu.alloc"(%R1) : (index) -> !h
  %ht = "xpu.alloc"(%M) : (index) -> !h
  "xpu.d2h"(%start, %hs) : (!d, !h) -> ()
  "xpu.d2h"(%map, %hm) : (!d, !h) -> ()
  "xpu.d2h"(%lod, %hl) : (!d, !h) -> ()
  "xpu.d2h"(%table, %ht) : (!d, !h) -> ()
  "xpu.wait"() : () -> ()
  "xpu.slot_mapping"(%ht, %hl, %hs, %hm, %columns, %bs, %pad, %host_out) : (!h, !h, !h, !h, i32, i32, i32, !h) -> ()
  "xpu.free"(%hs) : (!h) -> ()
  "xpu.free"(%hm) : (!h) -> ()
  "xpu.free"(%hl) : (!h) -> ()
  "xpu.free"(%ht) : (!h) -> ()
  return
}
