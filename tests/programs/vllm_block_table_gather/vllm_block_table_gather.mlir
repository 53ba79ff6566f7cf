// The first device work of a vLLM step: the rows of the block table that this batch uses, gathered by idx_mapping (the
// slot of the state that each request of the batch has), and the cache slot of every token. Both go into buffers that
// keep their address under graph capture.
//
// idx_mapping is -1 for the requests that only fill up a captured batch: their rows and the slots of their tokens are
// -1, and the table is not read for them. What is behind the tokens is -1 too.
//
// Commands of one call: 1 fill, 22 launches, 1 copy, 15 device allocations, 1 wait. Nothing has to wait for the host, so one
// launch can do all of it.

!dev    = memref<?xi32, "device">
!dev_2d = memref<?x?xi32, "device">
!mask   = memref<?xi1, "device">

func.func @vllm_block_table_gather(
    %block_tables: !dev_2d {xpu.name = "block_tables", xpu.shape = ["S", "N"]},
    %idx_mapping: !dev {xpu.name = "idx_mapping", xpu.shape = ["R"]},
    %query_start_loc: !dev {xpu.name = "query_start_loc", xpu.shape = ["R + 1"]},
    %positions: !dev {xpu.name = "positions", xpu.shape = ["T"]},
    %input_block_table: !dev_2d {xpu.name = "input_block_table", xpu.shape = ["R", "N"], xpu.noalias, xpu.output},
    %slot_mapping: !dev {xpu.name = "slot_mapping", xpu.shape = ["C"], xpu.noalias, xpu.output, xpu.pad = -1 : i32},
    %block_size: i32 {xpu.name = "block_size"}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %pad = arith.constant -1 : i32
  %max_index = arith.constant 2147483647 : index
  %S = memref.dim %block_tables, %c0 : !dev_2d
  %N = memref.dim %block_tables, %c1 : !dev_2d
  %N_i32 = arith.index_cast %N : index to i32
  %R = memref.dim %idx_mapping, %c0 : !dev
  %T = memref.dim %positions, %c0 : !dev
  %C = memref.dim %slot_mapping, %c0 : !dev
  %size = arith.muli %R, %N : index
  %all = arith.muli %S, %N : index
  "xpu.require"(%block_size, %one) {predicate = "sge", message = "block_size"} : (i32, i32) -> ()
  "xpu.require"(%all, %max_index) {predicate = "sle", message = "block_tables, elements"} : (index, index) -> ()
  "xpu.require"(%size, %max_index) {predicate = "sle", message = "input_block_table, elements"} : (index, index) -> ()
  "xpu.require"(%T, %C) {predicate = "sle", message = "slot_mapping, tokens in its capacity"} : (index, index) -> ()
  %table = memref.collapse_shape %block_tables [[0, 1]] : !dev_2d into !dev
  %rows_out = memref.collapse_shape %input_block_table [[0, 1]] : !dev_2d into !dev

  // Every element of the gathered rows: row j / N, column j % N.
  %j = "xpu.alloc"(%size) : (index) -> !dev
  %row = "xpu.alloc"(%size) : (index) -> !dev
  %column = "xpu.alloc"(%size) : (index) -> !dev
  %state = "xpu.alloc"(%size) : (index) -> !dev
  %row_in_use = "xpu.alloc"(%size) : (index) -> !mask
  %index = "xpu.alloc"(%size) : (index) -> !dev
  %id = "xpu.alloc"(%size) : (index) -> !dev
  "xpu.range"(%zero, %one, %j) : (i32, i32, !dev) -> ()
  "xpu.broadcast_floordiv"(%j, %N_i32, %row) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mod"(%j, %N_i32, %column) : (!dev, i32, !dev) -> ()
  "xpu.gather"(%idx_mapping, %row, %state) : (!dev, !dev, !dev) -> ()
  "xpu.compare"(%state, %zero, %row_in_use) {predicate = "sge"} : (!dev, i32, !mask) -> ()
  "xpu.broadcast_max"(%state, %zero, %state) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mul"(%state, %N_i32, %index) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%index, %column, %index) : (!dev, !dev, !dev) -> ()
  "xpu.gather"(%table, %index, %id) : (!dev, !dev, !dev) -> ()
  "xpu.select"(%row_in_use, %id, %pad, %rows_out) : (!mask, !dev, i32, !dev) -> ()

  // The slot of every token, read from the table itself rather than from the rows above.
  %request = "xpu.alloc"(%T) : (index) -> !dev
  %token_state = "xpu.alloc"(%T) : (index) -> !dev
  %token_in_use = "xpu.alloc"(%T) : (index) -> !mask
  %page = "xpu.alloc"(%T) : (index) -> !dev
  %offset = "xpu.alloc"(%T) : (index) -> !dev
  %block = "xpu.alloc"(%T) : (index) -> !dev
  %slot = "xpu.alloc"(%T) : (index) -> !dev
  %slots_of_use = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.expand"(%query_start_loc, %request) : (!dev, !dev) -> ()
  "xpu.gather"(%idx_mapping, %request, %token_state) : (!dev, !dev, !dev) -> ()
  "xpu.compare"(%token_state, %zero, %token_in_use) {predicate = "sge"} : (!dev, i32, !mask) -> ()
  "xpu.broadcast_max"(%token_state, %zero, %token_state) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mul"(%token_state, %N_i32, %token_state) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_floordiv"(%positions, %block_size, %page) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mod"(%positions, %block_size, %offset) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%token_state, %page, %page) : (!dev, !dev, !dev) -> ()
  "xpu.gather"(%table, %page, %block) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_mul"(%block, %block_size, %slot) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%slot, %offset, %slot) : (!dev, !dev, !dev) -> ()
  "xpu.select"(%token_in_use, %slot, %pad, %slots_of_use) : (!mask, !dev, i32, !dev) -> ()
  "xpu.constant"(%pad, %slot_mapping) : (i32, !dev) -> ()
  %slots = memref.subview %slot_mapping[0] [%T] [1] : !dev to !dev
  "xpu.copy"(%slots_of_use, %slots) : (!dev, !dev) -> ()

  "xpu.wait"() : () -> ()
  "xpu.free"(%j) : (!dev) -> ()
  "xpu.free"(%row) : (!dev) -> ()
  "xpu.free"(%column) : (!dev) -> ()
  "xpu.free"(%state) : (!dev) -> ()
  "xpu.free"(%row_in_use) : (!mask) -> ()
  "xpu.free"(%index) : (!dev) -> ()
  "xpu.free"(%id) : (!dev) -> ()
  "xpu.free"(%request) : (!dev) -> ()
  "xpu.free"(%token_state) : (!dev) -> ()
  "xpu.free"(%token_in_use) : (!mask) -> ()
  "xpu.free"(%page) : (!dev) -> ()
  "xpu.free"(%offset) : (!dev) -> ()
  "xpu.free"(%block) : (!dev) -> ()
  "xpu.free"(%slot) : (!dev) -> ()
  "xpu.free"(%slots_of_use) : (!dev) -> ()
  return
}
