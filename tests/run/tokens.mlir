// From lengths to tokens: rows with tokens are packed, each token knows its row and its slot. The sizes of the results
// are sums that only the device knows at first.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">
!mask = memref<?xi1, "host">
!cell = memref<1xi32, "host">

func.func @tokens(
    %lens: !dev {xpu.name = "lens", xpu.shape = ["B"]}, %table: !dev {xpu.name = "table", xpu.shape = ["B"]}
) -> (!dev {xpu.name = "rows", xpu.shape = ["T"]}, !dev {xpu.name = "slots", xpu.shape = ["T"]}, !host {xpu.name = "packed", xpu.shape = ["B"]}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %four = arith.constant 4 : i32
  %pad = arith.constant -1 : i32
  %B = memref.dim %lens, %c0 : !dev
  %B1 = arith.addi %B, %c1 : index
  %host = "xpu.alloc"(%B) : (index) -> !host
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%lens, %host) {blocking} : (!dev, !host) -> ()
  "xpu.broadcast_max"(%host, %zero, %host) : (!host, i32, !host) -> ()
  "xpu.broadcast_min"(%host, %four, %host) : (!host, i32, !host) -> ()
  %has = "xpu.alloc"(%B) : (index) -> !mask
  "xpu.compare"(%host, %zero, %has) {predicate = "sgt"} : (!host, i32, !mask) -> ()
  %packed = "xpu.alloc"(%B) : (index) -> !host
  "xpu.compact"(%host, %has, %packed) : (!host, !mask, !host) -> ()
  %row = "xpu.alloc"(%B) : (index) -> !host
  "xpu.range"(%zero, %one, %row) : (i32, i32, !host) -> ()
  %map = "xpu.alloc"(%B) : (index) -> !host
  "xpu.compact"(%row, %has, %map) : (!host, !mask, !host) -> ()
  %start = "xpu.alloc"(%B) : (index) -> !host
  "xpu.constant"(%zero, %start) : (i32, !host) -> ()
  %lod = "xpu.alloc"(%B1) : (index) -> !host
  "xpu.cumsum"(%packed, %lod) {exclusive} : (!host, !host) -> ()
  %cell = "xpu.alloc"() : () -> !cell
  "xpu.reduce_sum"(%packed, %cell) : (!host, !cell) -> ()
  %total = memref.load %cell[%c0] : !cell
  %T = arith.index_cast %total : i32 to index
  %lod_dev = "xpu.alloc"(%B1) : (index) -> !dev
  %map_dev = "xpu.alloc"(%B) : (index) -> !dev
  %start_dev = "xpu.alloc"(%B) : (index) -> !dev
  "xpu.h2d"(%lod, %lod_dev) : (!host, !dev) -> ()
  "xpu.h2d"(%map, %map_dev) : (!host, !dev) -> ()
  "xpu.h2d"(%start, %start_dev) : (!host, !dev) -> ()
  %rows = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.expand"(%lod_dev, %rows) : (!dev, !dev) -> ()
  %slots = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.slot_mapping"(%table, %lod_dev, %start_dev, %map_dev, %one, %four, %pad, %slots)
      : (!dev, !dev, !dev, !dev, i32, i32, i32, !dev) -> ()
  "xpu.wait"() : () -> ()
  return %rows, %slots, %packed : !dev, !dev, !host
}
