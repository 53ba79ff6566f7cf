// The slots go where nothing is read from: no copy.

!d = memref<?xi32, "device">

func.func @slots_over_lod_legal(
    %start: !d {xpu.name = "start", xpu.shape = ["B"], xpu.noalias},
    %map: !d {xpu.name = "map", xpu.shape = ["B"], xpu.noalias},
    %table: !d {xpu.name = "table", xpu.shape = ["N"], xpu.noalias},
    %lod: !d {xpu.name = "lod", xpu.shape = ["B + 1"], xpu.noalias},
    %out: !d {xpu.name = "out", xpu.shape = ["B + 1"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1 : i32
  %four = arith.constant 4 : i32
  %pad = arith.constant -1 : i32
  %n = memref.dim %lod, %c0 : !d
  %tmp = "xpu.alloc"(%n) : (index) -> !d
  "xpu.slot_mapping"(%table, %lod, %start, %map, %one, %four, %pad, %tmp)
      : (!d, !d, !d, !d, i32, i32, i32, !d) -> ()
  "xpu.copy"(%tmp, %out) : (!d, !d) -> ()
  "xpu.free"(%tmp) : (!d) -> ()
  return
}
