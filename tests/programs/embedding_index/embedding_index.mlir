// The lookup of an embedding that is one shard of a larger table: id * scale + offset is the row, clamped to those that
// the shard has, and the values are gathered from there.
//
// Rows and values are results; the rows are clamped in a buffer of their own and then copied into the one that is
// returned.
//
// Commands of one call: 5 launches, 1 copy, 4 device allocations, 1 wait.

!dev  = memref<?xi32, "device">
!wide = memref<?xi64, "device">

func.func @embedding_index(
    %ids: !dev {xpu.name = "ids", xpu.shape = ["T"]},
    %table: !wide {xpu.name = "table", xpu.shape = ["V"]},
    %scale: i32 {xpu.name = "scale"},
    %offset: i32 {xpu.name = "offset"}
) -> (
    !dev {xpu.name = "row_index", xpu.shape = ["T"]},
    !wide {xpu.name = "values", xpu.shape = ["T"]}
) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %one_index = arith.constant 1 : index
  %max_index = arith.constant 2147483647 : index
  %T = memref.dim %ids, %c0 : !dev
  %V = memref.dim %table, %c0 : !wide
  "xpu.require"(%V, %one_index) {predicate = "sge", message = "table, rows"} : (index, index) -> ()
  "xpu.require"(%V, %max_index) {predicate = "sle", message = "table, rows"} : (index, index) -> ()
  %V_i32 = arith.index_cast %V : index to i32
  %last = arith.subi %V_i32, %one : i32

  // The row of each id.
  %scaled = "xpu.alloc"(%T) : (index) -> !dev
  %row = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.broadcast_mul"(%ids, %scale, %scaled) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%scaled, %offset, %scaled) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_max"(%scaled, %zero, %row) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_min"(%row, %last, %row) : (!dev, i32, !dev) -> ()

  // What stands there.
  %row_index = "xpu.alloc"(%T) : (index) -> !dev
  %values = "xpu.alloc"(%T) : (index) -> !wide
  "xpu.gather"(%table, %row, %values) : (!wide, !dev, !wide) -> ()
  "xpu.copy"(%row, %row_index) : (!dev, !dev) -> ()
  "xpu.wait"() : () -> ()
  "xpu.free"(%scaled) : (!dev) -> ()
  "xpu.free"(%row) : (!dev) -> ()
  return %row_index, %values : !dev, !wide
}
