// The slot mapping of one rank under context parallelism: the tokens of a request are spread over cp_size ranks,
// interleave tokens at a time, and each rank has block_size of the block_size * cp_size tokens of a virtual block. A
// token of another rank has no slot here: -1, like the pad behind the tokens.
//
// Written the way a framework without kernels of its own does it: one element-wise op after the other, each into a
// buffer of its own. Everything is on the device already.
//
// Commands of one call: 1 fill, 16 launches, 12 device allocations, 1 wait.

!dev    = memref<?xi32, "device">
!dev_2d = memref<?x?xi32, "device">
!mask   = memref<?xi1, "device">

func.func @vllm_slot_mapping_cp(
    %positions: !dev {xpu.name = "positions", xpu.shape = ["T"]},
    %query_start_loc: !dev {xpu.name = "query_start_loc", xpu.shape = ["R + 1"]},
    %block_table: !dev_2d {xpu.name = "block_table", xpu.shape = ["R", "N"]},
    %slot_mapping: !dev {xpu.name = "slot_mapping", xpu.shape = ["C"], xpu.noalias, xpu.output, xpu.pad = -1 : i32},
    %block_size: i32 {xpu.name = "block_size"},
    %cp_size: i32 {xpu.name = "cp_size"},
    %cp_rank: i32 {xpu.name = "cp_rank"},
    %interleave: i32 {xpu.name = "interleave"}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %pad = arith.constant -1 : i32
  %max_i64 = arith.constant 2147483647 : i64
  %T = memref.dim %positions, %c0 : !dev
  %C = memref.dim %slot_mapping, %c0 : !dev
  %N = memref.dim %block_table, %c1 : !dev_2d
  %N_i32 = arith.index_cast %N : index to i32

  // What the host can see: the attributes, and that there is room.
  "xpu.require"(%block_size, %one) {predicate = "sge", message = "block_size"} : (i32, i32) -> ()
  "xpu.require"(%cp_size, %one) {predicate = "sge", message = "cp_size"} : (i32, i32) -> ()
  "xpu.require"(%cp_rank, %zero) {predicate = "sge", message = "cp_rank"} : (i32, i32) -> ()
  "xpu.require"(%cp_rank, %cp_size) {predicate = "slt", message = "cp_rank"} : (i32, i32) -> ()
  "xpu.require"(%interleave, %one) {predicate = "sge", message = "interleave"} : (i32, i32) -> ()
  %blocks_rest = arith.remsi %block_size, %interleave : i32
  "xpu.require"(%blocks_rest, %zero) {predicate = "eq",
      message = "block_size, what is left of it after interleave"} : (i32, i32) -> ()
  %block_size_i64 = arith.extsi %block_size : i32 to i64
  %cp_size_i64 = arith.extsi %cp_size : i32 to i64
  %virtual_i64 = arith.muli %block_size_i64, %cp_size_i64 : i64
  "xpu.require"(%virtual_i64, %max_i64) {predicate = "sle", message = "block_size * cp_size"} : (i64, i64) -> ()
  "xpu.require"(%T, %C) {predicate = "sle", message = "slot_mapping, tokens in its capacity"} : (index, index) -> ()
  %virtual_size = arith.muli %block_size, %cp_size : i32
  %round = arith.muli %interleave, %cp_size : i32

  // Where each token's virtual block stands in the table, and the token's offset in it.
  %request = "xpu.alloc"(%T) : (index) -> !dev
  %row = "xpu.alloc"(%T) : (index) -> !dev
  %page = "xpu.alloc"(%T) : (index) -> !dev
  %index = "xpu.alloc"(%T) : (index) -> !dev
  %offset = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.expand"(%query_start_loc, %request) : (!dev, !dev) -> ()
  "xpu.broadcast_mul"(%request, %N_i32, %row) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_floordiv"(%positions, %virtual_size, %page) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%row, %page, %index) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_mod"(%positions, %virtual_size, %offset) : (!dev, i32, !dev) -> ()

  // Whose token it is: interleave tokens for rank 0, as many for rank 1, ...
  %turn = "xpu.alloc"(%T) : (index) -> !dev
  %rank = "xpu.alloc"(%T) : (index) -> !dev
  %is_local = "xpu.alloc"(%T) : (index) -> !mask
  "xpu.broadcast_floordiv"(%offset, %interleave, %turn) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mod"(%turn, %cp_size, %rank) : (!dev, i32, !dev) -> ()
  "xpu.compare"(%rank, %cp_rank, %is_local) {predicate = "eq"} : (!dev, i32, !mask) -> ()

  // Its offset among the tokens of the rank in this block.
  %rounds = "xpu.alloc"(%T) : (index) -> !dev
  %within = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.broadcast_floordiv"(%offset, %round, %rounds) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mul"(%rounds, %interleave, %rounds) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_mod"(%offset, %interleave, %within) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%rounds, %within, %within) : (!dev, !dev, !dev) -> ()

  // The slots.
  %table = memref.collapse_shape %block_table [[0, 1]] : !dev_2d into !dev
  %block = "xpu.alloc"(%T) : (index) -> !dev
  %slot = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.gather"(%table, %index, %block) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_mul"(%block, %block_size, %slot) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%slot, %within, %slot) : (!dev, !dev, !dev) -> ()
  "xpu.constant"(%pad, %slot_mapping) : (i32, !dev) -> ()
  %slots = memref.subview %slot_mapping[0] [%T] [1] : !dev to !dev
  "xpu.select"(%is_local, %slot, %pad, %slots) : (!mask, !dev, i32, !dev) -> ()

  "xpu.wait"() : () -> ()
  "xpu.free"(%request) : (!dev) -> ()
  "xpu.free"(%row) : (!dev) -> ()
  "xpu.free"(%page) : (!dev) -> ()
  "xpu.free"(%index) : (!dev) -> ()
  "xpu.free"(%offset) : (!dev) -> ()
  "xpu.free"(%turn) : (!dev) -> ()
  "xpu.free"(%rank) : (!dev) -> ()
  "xpu.free"(%is_local) : (!mask) -> ()
  "xpu.free"(%rounds) : (!dev) -> ()
  "xpu.free"(%within) : (!dev) -> ()
  "xpu.free"(%block) : (!dev) -> ()
  "xpu.free"(%slot) : (!dev) -> ()
  return
}
