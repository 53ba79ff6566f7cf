// The slot mapping of a vLLM step: every scheduled token gets its slot in the paged KV cache,
// block_table[request, position / block_size] * block_size + position % block_size.
//
// The scheduler knows the positions and the first token of each request (query_start_loc) on the host, and uploads each
// array by itself; the block table lives on the device. The slots go into a buffer that stays where it is from step to
// step, with a capacity of C tokens; behind the tokens of this step it is -1, PAD_SLOT_ID.
//
// Commands of one call: 2 host-to-device copies, 1 wait, 1 fill, 8 launches, 6 device allocations.

!dev    = memref<?xi32, "device">
!dev_2d = memref<?x?xi32, "device">
!host   = memref<?xi32, "host">
!cells  = memref<?xi32, strided<[1], offset: 1>, "host">

func.func @vllm_slot_mapping(
    %positions: !host {xpu.name = "positions", xpu.shape = ["T"]},
    %query_start_loc: !host {xpu.name = "query_start_loc", xpu.shape = ["R + 1"]},
    %block_table: !dev_2d {xpu.name = "block_table", xpu.shape = ["R", "N"]},
    %slot_mapping: !dev {xpu.name = "slot_mapping", xpu.shape = ["C"], xpu.noalias, xpu.output, xpu.pad = -1 : i32},
    %block_size: i32 {xpu.name = "block_size"}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %pad = arith.constant -1 : i32
  %T = memref.dim %positions, %c0 : !host
  %R = memref.dim %block_table, %c0 : !dev_2d
  %R1 = arith.addi %R, %c1 : index
  %N = memref.dim %block_table, %c1 : !dev_2d
  %N_i32 = arith.index_cast %N : index to i32
  %C = memref.dim %slot_mapping, %c0 : !dev
  %T_i32 = arith.index_cast %T : index to i32

  // The contract: sizes, then what the host sees of the requests and of the positions.
  "xpu.require"(%block_size, %one) {predicate = "sge", message = "block_size"} : (i32, i32) -> ()
  "xpu.require"(%T, %C) {predicate = "sle", message = "slot_mapping, tokens in its capacity"} : (index, index) -> ()
  %first = memref.load %query_start_loc[%c0] : !host
  %last = memref.load %query_start_loc[%R] : !host
  "xpu.require"(%first, %zero) {predicate = "eq", message = "query_start_loc, first"} : (i32, i32) -> ()
  "xpu.require"(%last, %T_i32) {predicate = "eq", message = "query_start_loc, last"} : (i32, i32) -> ()
  %starts = memref.subview %query_start_loc[0] [%R] [1] : !host to !host
  %ends = memref.subview %query_start_loc[1] [%R] [1] : !host to !cells
  "xpu.require"(%ends, %starts) {predicate = "sge", message = "query_start_loc, not before the request before"}
      : (!cells, !host) -> ()
  "xpu.require"(%positions, %zero) {predicate = "sge", message = "positions"} : (!host, i32) -> ()
  %page = "xpu.alloc"(%T) : (index) -> !host
  "xpu.broadcast_floordiv"(%positions, %block_size, %page) : (!host, i32, !host) -> ()
  "xpu.require"(%page, %N_i32) {predicate = "slt", message = "positions, block of the table"} : (!host, i32) -> ()
  "xpu.free"(%page) : (!host) -> ()

  // Up to the device, one array at a time.
  %positions_dev = "xpu.alloc"(%T) : (index) -> !dev
  %query_start_loc_dev = "xpu.alloc"(%R1) : (index) -> !dev
  "xpu.h2d"(%positions, %positions_dev) : (!host, !dev) -> ()
  "xpu.h2d"(%query_start_loc, %query_start_loc_dev) : (!host, !dev) -> ()

  // Where each token's block stands in the table.
  %request = "xpu.alloc"(%T) : (index) -> !dev
  %block = "xpu.alloc"(%T) : (index) -> !dev
  %offset = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.expand"(%query_start_loc_dev, %request) : (!dev, !dev) -> ()
  "xpu.broadcast_mul"(%request, %N_i32, %request) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_floordiv"(%positions_dev, %block_size, %block) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%request, %block, %block) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_mod"(%positions_dev, %block_size, %offset) : (!dev, i32, !dev) -> ()

  // The slots, and the pad behind them.
  %table = memref.collapse_shape %block_table [[0, 1]] : !dev_2d into !dev
  %block_number = "xpu.alloc"(%T) : (index) -> !dev
  "xpu.constant"(%pad, %slot_mapping) : (i32, !dev) -> ()
  %slots = memref.subview %slot_mapping[0] [%T] [1] : !dev to !dev
  "xpu.gather"(%table, %block, %block_number) : (!dev, !dev, !dev) -> ()
  "xpu.broadcast_mul"(%block_number, %block_size, %block_number) : (!dev, i32, !dev) -> ()
  "xpu.broadcast_add"(%block_number, %offset, %slots) : (!dev, !dev, !dev) -> ()

  "xpu.wait"() : () -> ()
  "xpu.free"(%positions_dev) : (!dev) -> ()
  "xpu.free"(%query_start_loc_dev) : (!dev) -> ()
  "xpu.free"(%request) : (!dev) -> ()
  "xpu.free"(%block) : (!dev) -> ()
  "xpu.free"(%offset) : (!dev) -> ()
  "xpu.free"(%block_number) : (!dev) -> ()
  return
}
