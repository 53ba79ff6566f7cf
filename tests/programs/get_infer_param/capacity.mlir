// `get_infer_param` whose caller also gives the buffer of the encoder's slots: `inplace` with a capacity of C tokens.
//
// Under graph capture every output keeps its address, and how many tokens a call has is not known before. So the caller
// allocates for the most that it admits, the op fills what is behind the tokens with -1, and one token too many is
// refused. slot_mapping_dec, whose size is known beforehand, stays a result as in `inplace`.
//
// It turns three length arrays and the paged-KV block table into the metadata that attention reads: which batch rows
// prefill and which decode, their offsets, and for every token the cache slot to write. Row i is an encoder row if
// seq_lens_encoder[i] > 0, else a decoder row if seq_lens_decoder[i] > 0 and seq_lens_this_time[i] > 0, else a gap.
// The packing is done on the host, in a batch of temporaries (`*_vec`), and uploaded one array at a time into the
// caller's buffers. For the slots the host builds an index and an offset per token, and the device does
// table[index] * block_size + offset in three kernels.
//
// Commands of one call with both splices on: 3 device-to-device copies, 1 wait, 1 device-to-host copy (2 if a row has a
// prefix), 15 host-to-device copies, 4 fills, 6 launches, 11 host copies, 10 device allocations.

!dev       = memref<?xi32, "device">
!dev_view  = memref<?xi32, strided<[1], offset: ?>, "device">
!dev_2d    = memref<?x?xi32, "device">
!host      = memref<?xi32, "host">
!host_view = memref<?xi32, strided<[1], offset: ?>, "host">
!len_info  = memref<7xi32, "host">
!dev_cell  = memref<1xi32, "device">
!cell      = memref<1xi32, "host">
!cell_i64  = memref<1xi64, "host">
!mask      = memref<?xi1, "host">

func.func @get_infer_param(
    %seq_lens_encoder: !dev {xpu.name = "seq_lens_encoder", xpu.shape = ["B"]},
    %seq_lens_decoder: !dev {xpu.name = "seq_lens_decoder", xpu.shape = ["B"]},
    %seq_lens_this_time: !dev {xpu.name = "seq_lens_this_time", xpu.shape = ["B"]},
    %block_tables: !dev_2d {xpu.name = "block_tables", xpu.shape = ["B", "N"]},
    %encoder_batch_map: !dev {xpu.name = "encoder_batch_map", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %decoder_batch_map: !dev {xpu.name = "decoder_batch_map", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %encoder_batch_idx: !dev {xpu.name = "encoder_batch_idx", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %decoder_batch_idx: !dev {xpu.name = "decoder_batch_idx", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %encoder_seq_lod: !dev {xpu.name = "encoder_seq_lod", xpu.shape = ["B + 1"], xpu.noalias, xpu.output},
    %decoder_seq_lod: !dev {xpu.name = "decoder_seq_lod", xpu.shape = ["B + 1"], xpu.noalias, xpu.output},
    %encoder_kv_lod: !dev {xpu.name = "encoder_kv_lod", xpu.shape = ["B + 1"], xpu.noalias, xpu.output},
    %prefix_len: !dev {xpu.name = "prefix_len", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %decoder_context_len: !dev {xpu.name = "decoder_context_len", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %decoder_context_len_cache: !dev {xpu.name = "decoder_context_len_cache",
        xpu.shape = ["B"], xpu.noalias, xpu.output},
    %prefix_block_tables: !dev_2d {xpu.name = "prefix_block_tables", xpu.shape = ["B", "N"], xpu.noalias, xpu.output},
    %encoder_batch_map_cpu: !host {xpu.name = "encoder_batch_map_cpu", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %decoder_batch_map_cpu: !host {xpu.name = "decoder_batch_map_cpu", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %encoder_batch_idx_cpu: !host {xpu.name = "encoder_batch_idx_cpu", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %decoder_batch_idx_cpu: !host {xpu.name = "decoder_batch_idx_cpu", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %encoder_seq_lod_cpu: !host {xpu.name = "encoder_seq_lod_cpu", xpu.shape = ["B + 1"], xpu.noalias, xpu.output},
    %decoder_seq_lod_cpu: !host {xpu.name = "decoder_seq_lod_cpu", xpu.shape = ["B + 1"], xpu.noalias, xpu.output},
    %encoder_kv_lod_cpu: !host {xpu.name = "encoder_kv_lod_cpu", xpu.shape = ["B + 1"], xpu.noalias, xpu.output},
    %prefix_len_cpu: !host {xpu.name = "prefix_len_cpu", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %decoder_context_len_cpu: !host {xpu.name = "decoder_context_len_cpu", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %decoder_context_len_cache_cpu: !host {xpu.name = "decoder_context_len_cache_cpu",
        xpu.shape = ["B"], xpu.noalias, xpu.output},
    %len_info_cpu: !len_info {xpu.name = "len_info_cpu", xpu.shape = ["7"], xpu.noalias, xpu.output},
    %slot_mapping_enc: !dev {xpu.name = "slot_mapping_enc",
        xpu.shape = ["C"], xpu.noalias, xpu.output, xpu.pad = -1 : i32},
    %block_size: i32 {xpu.name = "block_size"},
    %num_speculative_tokens: i32 {xpu.name = "num_speculative_tokens"},
    %encoder_splice: i1 {xpu.name = "encoder_splice"},
    %decoder_splice: i1 {xpu.name = "decoder_splice"}
) -> (
    !dev {xpu.name = "slot_mapping_dec", xpu.shape = ["B*(num_speculative_tokens + 1)"]}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c5 = arith.constant 5 : index
  %c6 = arith.constant 6 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %minus_one = arith.constant -1 : i32
  %max = arith.constant 2147483647 : i32
  %max_i64 = arith.constant 2147483647 : i64
  %max_index = arith.constant 2147483647 : index
  %false = arith.constant false

  // Sizes. B = batch rows, N = columns of the block table, C = capacity in tokens.
  %B = memref.dim %seq_lens_encoder, %c0 : !dev
  %B1 = arith.addi %B, %c1 : index
  %B2 = arith.addi %B, %B : index
  %B3 = arith.addi %B2, %B : index
  %N = memref.dim %block_tables, %c1 : !dev_2d
  %N_i32 = arith.index_cast %N : index to i32
  %table_size = arith.muli %B, %N : index
  %C = memref.dim %slot_mapping_enc, %c0 : !dev
  %C_i64 = arith.index_cast %C : index to i64
  %n = arith.index_cast %num_speculative_tokens : i32 to index
  %n1 = arith.addi %n, %c1 : index
  %dec_slots = arith.muli %B, %n1 : index
  %dec_slots_i64 = arith.index_cast %dec_slots : index to i64

  // What the host can see is checked before the first command: the attributes, and that every size and every index into
  // the table is an i32.
  "xpu.require"(%block_size, %one) {predicate = "sge", message = "block_size"} : (i32, i32) -> ()
  "xpu.require"(%num_speculative_tokens, %zero) {predicate = "sge",
      message = "num_speculative_tokens"} : (i32, i32) -> ()
  "xpu.require"(%B, %max_index) {predicate = "sle", message = "seq_lens_encoder, rows"} : (index, index) -> ()
  "xpu.require"(%table_size, %max_index) {predicate = "sle", message = "block_tables, elements"} : (index, index) -> ()
  "xpu.require"(%dec_slots, %max_index) {predicate = "sle",
      message = "slot_mapping_dec, B*(num_speculative_tokens + 1) elements"} : (index, index) -> ()

  // The three length arrays are packed into one device buffer, so that one copy brings them down.
  %all_param = "xpu.alloc"(%B3) : (index) -> !dev
  %all_param_0 = memref.subview %all_param[0] [%B] [1] : !dev to !dev
  %all_param_1 = memref.subview %all_param[%B] [%B] [1] : !dev to !dev_view
  %all_param_2 = memref.subview %all_param[%B2] [%B] [1] : !dev to !dev_view
  "xpu.copy"(%seq_lens_encoder, %all_param_0) : (!dev, !dev) -> ()
  "xpu.copy"(%seq_lens_decoder, %all_param_1) : (!dev, !dev_view) -> ()
  "xpu.copy"(%seq_lens_this_time, %all_param_2) : (!dev, !dev_view) -> ()
  %lens = "xpu.alloc"(%B3) : (index) -> !host
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%all_param, %lens) {blocking} : (!dev, !host) -> ()
  "xpu.free"(%all_param) : (!dev) -> ()
  %enc = memref.subview %lens[0] [%B] [1] : !host to !host
  %dec = memref.subview %lens[%B] [%B] [1] : !host to !host_view
  %now = memref.subview %lens[%B2] [%B] [1] : !host to !host_view

  // The first checks on the lengths: from here on no sum wraps.
  "xpu.require"(%enc, %zero) {predicate = "sge", message = "seq_lens_encoder, every length"} : (!host, i32) -> ()
  "xpu.require"(%dec, %zero) {predicate = "sge", message = "seq_lens_decoder, every length"} : (!host_view, i32) -> ()
  "xpu.require"(%now, %zero) {predicate = "sge", message = "seq_lens_this_time, every length"} : (!host_view, i32) -> ()
  %cell = "xpu.alloc"() : () -> !cell
  %cell_i64 = "xpu.alloc"() : () -> !cell_i64
  "xpu.reduce_sum"(%enc, %cell_i64) : (!host, !cell_i64) -> ()
  %enc_tokens_i64 = memref.load %cell_i64[%c0] : !cell_i64
  "xpu.require"(%enc_tokens_i64, %max_i64) {predicate = "sle",
      message = "seq_lens_encoder, sum of the lengths"} : (i64, i64) -> ()
  "xpu.require"(%enc_tokens_i64, %C_i64) {predicate = "sle",
      message = "slot_mapping_enc, tokens of the encoder in its capacity"} : (i64, i64) -> ()

  // Which row is what.
  %is_enc = "xpu.alloc"(%B) : (index) -> !mask
  %is_dec = "xpu.alloc"(%B) : (index) -> !mask
  "xpu.compare"(%enc, %zero, %is_enc) {predicate = "sgt"} : (!host, i32, !mask) -> ()
  "xpu.compare"(%dec, %zero, %is_dec) {predicate = "sgt"} : (!host_view, i32, !mask) -> ()
  %runs = "xpu.alloc"(%B) : (index) -> !mask
  "xpu.compare"(%now, %zero, %runs) {predicate = "sgt"} : (!host_view, i32, !mask) -> ()
  "xpu.select"(%is_dec, %runs, %false, %is_dec) : (!mask, !mask, i1, !mask) -> ()
  "xpu.free"(%runs) : (!mask) -> ()
  "xpu.select"(%is_enc, %false, %is_dec, %is_dec) : (!mask, i1, !mask, !mask) -> ()

  // New tokens of a decoder row, and the tokens each row has in the cache afterwards: prefix + new of an encoder row,
  // context + new of a decoder row. All are 0 in the other rows.
  %dec_new = "xpu.alloc"(%B) : (index) -> !host
  %room = "xpu.alloc"(%B) : (index) -> !host
  "xpu.select"(%is_dec, %now, %zero, %dec_new) : (!mask, !host_view, i32, !host) -> ()
  "xpu.broadcast_sub"(%max, %dec, %room) : (i32, !host_view, !host) -> ()
  "xpu.require"(%enc, %room) {predicate = "sle",
      message = "seq_lens_encoder, on top of seq_lens_decoder"} : (!host, !host) -> ()
  "xpu.require"(%dec_new, %room) {predicate = "sle",
      message = "seq_lens_this_time, on top of seq_lens_decoder"} : (!host, !host) -> ()
  %enc_kv = "xpu.alloc"(%B) : (index) -> !host
  %dec_kv = "xpu.alloc"(%B) : (index) -> !host
  "xpu.broadcast_add"(%enc, %dec, %enc_kv) : (!host, !host_view, !host) -> ()
  "xpu.select"(%is_enc, %enc_kv, %zero, %enc_kv) : (!mask, !host, i32, !host) -> ()
  "xpu.broadcast_add"(%dec_new, %dec, %dec_kv) : (!host, !host_view, !host) -> ()
  "xpu.select"(%is_dec, %dec_kv, %zero, %dec_kv) : (!mask, !host, i32, !host) -> ()

  // A row needs no more blocks than the table has columns; ceil(kv / block_size) is floor((kv - 1) / block_size) + 1.
  %enc_blocks = "xpu.alloc"(%B) : (index) -> !host
  %dec_blocks = "xpu.alloc"(%B) : (index) -> !host
  "xpu.broadcast_sub"(%enc_kv, %one, %enc_blocks) : (!host, i32, !host) -> ()
  "xpu.broadcast_floordiv"(%enc_blocks, %block_size, %enc_blocks) : (!host, i32, !host) -> ()
  "xpu.broadcast_add"(%enc_blocks, %one, %enc_blocks) : (!host, i32, !host) -> ()
  "xpu.broadcast_sub"(%dec_kv, %one, %dec_blocks) : (!host, i32, !host) -> ()
  "xpu.broadcast_floordiv"(%dec_blocks, %block_size, %dec_blocks) : (!host, i32, !host) -> ()
  "xpu.broadcast_add"(%dec_blocks, %one, %dec_blocks) : (!host, i32, !host) -> ()
  "xpu.require"(%enc_blocks, %N_i32) {predicate = "sle",
      message = "block_tables, blocks needed by an encoder row"} : (!host, i32) -> ()
  "xpu.require"(%dec_blocks, %N_i32) {predicate = "sle",
      message = "block_tables, blocks needed by a decoder row"} : (!host, i32) -> ()

  // The running sums over the packed rows are i32, and the decode tokens have a slot each.
  "xpu.reduce_sum"(%enc_kv, %cell_i64) : (!host, !cell_i64) -> ()
  %enc_kv_tokens_i64 = memref.load %cell_i64[%c0] : !cell_i64
  "xpu.require"(%enc_kv_tokens_i64, %max_i64) {predicate = "sle",
      message = "seq_lens_encoder + seq_lens_decoder, sum over the encoder rows"} : (i64, i64) -> ()
  "xpu.reduce_sum"(%dec_new, %cell_i64) : (!host, !cell_i64) -> ()
  %dec_tokens_i64 = memref.load %cell_i64[%c0] : !cell_i64
  "xpu.require"(%dec_tokens_i64, %dec_slots_i64) {predicate = "sle",
      message = "slot_mapping_dec, decode tokens in its B*(num_speculative_tokens + 1) slots"} : (i64, i64) -> ()

  // How many rows of each kind.
  %ones = "xpu.alloc"(%B) : (index) -> !host
  "xpu.select"(%is_enc, %one, %zero, %ones) : (!mask, i32, i32, !host) -> ()
  "xpu.reduce_sum"(%ones, %cell) : (!host, !cell) -> ()
  %enc_batch = memref.load %cell[%c0] : !cell
  "xpu.select"(%is_dec, %one, %zero, %ones) : (!mask, i32, i32, !host) -> ()
  "xpu.reduce_sum"(%ones, %cell) : (!host, !cell) -> ()
  %dec_batch = memref.load %cell[%c0] : !cell
  "xpu.free"(%ones) : (!host) -> ()

  // Every row's index once the gaps before it are removed. (A packed row is no gap itself, so gaps up to and including
  // the row are the same number.)
  %row = "xpu.alloc"(%B) : (index) -> !host
  %gaps = "xpu.alloc"(%B) : (index) -> !host
  %dense_row = "xpu.alloc"(%B) : (index) -> !host
  "xpu.range"(%zero, %one, %row) : (i32, i32, !host) -> ()
  "xpu.select"(%is_dec, %zero, %one, %gaps) : (!mask, i32, i32, !host) -> ()
  "xpu.select"(%is_enc, %zero, %gaps, %gaps) : (!mask, i32, !host, !host) -> ()
  "xpu.cumsum"(%gaps, %dense_row) : (!host, !host) -> ()
  "xpu.broadcast_sub"(%row, %dense_row, %dense_row) : (!host, !host, !host) -> ()

  // Encoder rows and decoder rows, packed separately in row order; what is behind them is 0.
  %encoder_batch_map_vec = "xpu.alloc"(%B) : (index) -> !host
  %decoder_batch_map_vec = "xpu.alloc"(%B) : (index) -> !host
  %encoder_batch_idx_vec = "xpu.alloc"(%B) : (index) -> !host
  %decoder_batch_idx_vec = "xpu.alloc"(%B) : (index) -> !host
  %prefix_len_vec = "xpu.alloc"(%B) : (index) -> !host
  %decoder_context_len_vec = "xpu.alloc"(%B) : (index) -> !host
  %decoder_context_len_cache_vec = "xpu.alloc"(%B) : (index) -> !host
  "xpu.compact"(%row, %is_enc, %encoder_batch_map_vec) : (!host, !mask, !host) -> ()
  "xpu.compact"(%row, %is_dec, %decoder_batch_map_vec) : (!host, !mask, !host) -> ()
  "xpu.compact"(%dense_row, %is_enc, %encoder_batch_idx_vec) : (!host, !mask, !host) -> ()
  "xpu.compact"(%dense_row, %is_dec, %decoder_batch_idx_vec) : (!host, !mask, !host) -> ()
  "xpu.compact"(%dec, %is_enc, %prefix_len_vec) : (!host_view, !mask, !host) -> ()
  "xpu.compact"(%dec_kv, %is_dec, %decoder_context_len_vec) : (!host, !mask, !host) -> ()
  "xpu.compact"(%dec, %is_dec, %decoder_context_len_cache_vec) : (!host_view, !mask, !host) -> ()

  // The same for each row's tokens and blocks, and the running sums of the tokens.
  %seq_packed = "xpu.alloc"(%B) : (index) -> !host
  %kv_packed = "xpu.alloc"(%B) : (index) -> !host
  %now_packed = "xpu.alloc"(%B) : (index) -> !host
  %blocks_packed = "xpu.alloc"(%B) : (index) -> !host
  "xpu.compact"(%enc, %is_enc, %seq_packed) : (!host, !mask, !host) -> ()
  "xpu.compact"(%enc_kv, %is_enc, %kv_packed) : (!host, !mask, !host) -> ()
  "xpu.compact"(%dec_new, %is_dec, %now_packed) : (!host, !mask, !host) -> ()
  "xpu.compact"(%enc_blocks, %is_enc, %blocks_packed) : (!host, !mask, !host) -> ()
  %encoder_seq_lod_vec = "xpu.alloc"(%B1) : (index) -> !host
  %decoder_seq_lod_vec = "xpu.alloc"(%B1) : (index) -> !host
  %encoder_kv_lod_vec = "xpu.alloc"(%B1) : (index) -> !host
  "xpu.cumsum"(%seq_packed, %encoder_seq_lod_vec) {exclusive} : (!host, !host) -> ()
  "xpu.cumsum"(%now_packed, %decoder_seq_lod_vec) {exclusive} : (!host, !host) -> ()
  "xpu.cumsum"(%kv_packed, %encoder_kv_lod_vec) {exclusive} : (!host, !host) -> ()

  // The running sums go on repeating their last value behind the packed rows; there they must be 0. decoder_seq_lod is
  // the exception: rotary embedding under graph capture reads its tail.
  %entry = "xpu.alloc"(%B1) : (index) -> !host
  %in_use = "xpu.alloc"(%B1) : (index) -> !mask
  "xpu.range"(%zero, %one, %entry) : (i32, i32, !host) -> ()
  "xpu.compare"(%entry, %enc_batch, %in_use) {predicate = "sle"} : (!host, i32, !mask) -> ()
  "xpu.select"(%in_use, %encoder_seq_lod_vec, %zero, %encoder_seq_lod_vec) : (!mask, !host, i32, !host) -> ()
  "xpu.select"(%in_use, %encoder_kv_lod_vec, %zero, %encoder_kv_lod_vec) : (!mask, !host, i32, !host) -> ()
  "xpu.free"(%entry) : (!host) -> ()
  "xpu.free"(%in_use) : (!mask) -> ()

  // The scalars of len_info. A maximum over no row is 0.
  "xpu.reduce_sum"(%enc, %cell) : (!host, !cell) -> ()
  %total_enc_len = memref.load %cell[%c0] : !cell
  "xpu.reduce_max"(%seq_packed, %cell) : (!host, !cell) -> ()
  %max_seq_len_or_min = memref.load %cell[%c0] : !cell
  %max_seq_len = arith.maxsi %max_seq_len_or_min, %zero : i32
  "xpu.reduce_max"(%prefix_len_vec, %cell) : (!host, !cell) -> ()
  %max_prefix_len_or_min = memref.load %cell[%c0] : !cell
  %max_prefix_len = arith.maxsi %max_prefix_len_or_min, %zero : i32
  "xpu.reduce_max"(%kv_packed, %cell) : (!host, !cell) -> ()
  %max_kv_len_or_min = memref.load %cell[%c0] : !cell
  %max_kv_len = arith.maxsi %max_kv_len_or_min, %zero : i32
  "xpu.reduce_max"(%now_packed, %cell) : (!host, !cell) -> ()
  %max_dec_len_or_min = memref.load %cell[%c0] : !cell
  %max_dec_len = arith.maxsi %max_dec_len_or_min, %zero : i32

  // Everything that is per row of the batch rather than packed has been used.
  "xpu.free"(%lens) : (!host) -> ()
  "xpu.free"(%is_enc) : (!mask) -> ()
  "xpu.free"(%is_dec) : (!mask) -> ()
  "xpu.free"(%dec_new) : (!host) -> ()
  "xpu.free"(%room) : (!host) -> ()
  "xpu.free"(%enc_kv) : (!host) -> ()
  "xpu.free"(%dec_kv) : (!host) -> ()
  "xpu.free"(%enc_blocks) : (!host) -> ()
  "xpu.free"(%dec_blocks) : (!host) -> ()
  "xpu.free"(%row) : (!host) -> ()
  "xpu.free"(%gaps) : (!host) -> ()
  "xpu.free"(%dense_row) : (!host) -> ()
  "xpu.free"(%seq_packed) : (!host) -> ()
  "xpu.free"(%kv_packed) : (!host) -> ()
  "xpu.free"(%now_packed) : (!host) -> ()
  "xpu.free"(%cell) : (!cell) -> ()
  "xpu.free"(%cell_i64) : (!cell_i64) -> ()

  // The block ids of the encoder rows, packed [enc_batch, prefix_block_num_per_seq]: row k has the first
  // ceil(kv_len / block_size) ids of its row, then -1. All are -1, and the table is not brought down, when no row has a
  // prefix; len_info says -1 then.
  %max_kv_len_less_1 = arith.subi %max_kv_len, %one : i32
  %last_block = arith.floordivsi %max_kv_len_less_1, %block_size : i32
  %prefix_block_num_per_seq = arith.addi %last_block, %one : i32
  %prefix_size = arith.muli %enc_batch, %prefix_block_num_per_seq : i32
  %prefix_size_index = arith.index_cast %prefix_size : i32 to index
  %table_flat = memref.collapse_shape %block_tables [[0, 1]] : !dev_2d into !dev
  %prefix_block_tables_vec = "xpu.alloc"(%prefix_size_index) : (index) -> !host
  "xpu.constant"(%minus_one, %prefix_block_tables_vec) : (i32, !host) -> ()
  %has_prefix = arith.cmpi sgt, %max_prefix_len, %zero : i32
  scf.if %has_prefix {
    %table_vec = "xpu.alloc"(%table_size) : (index) -> !host
    "xpu.d2h"(%table_flat, %table_vec) {blocking} : (!dev, !host) -> ()
    // Element j is column `column` of packed row `k`.
    %j = "xpu.alloc"(%prefix_size_index) : (index) -> !host
    %k = "xpu.alloc"(%prefix_size_index) : (index) -> !host
    %column = "xpu.alloc"(%prefix_size_index) : (index) -> !host
    "xpu.range"(%zero, %one, %j) : (i32, i32, !host) -> ()
    "xpu.broadcast_floordiv"(%j, %prefix_block_num_per_seq, %k) : (!host, i32, !host) -> ()
    "xpu.broadcast_mod"(%j, %prefix_block_num_per_seq, %column) : (!host, i32, !host) -> ()
    // A row has ids up to its own number of blocks.
    %blocks = "xpu.alloc"(%prefix_size_index) : (index) -> !host
    %has_block = "xpu.alloc"(%prefix_size_index) : (index) -> !mask
    "xpu.gather"(%blocks_packed, %k, %blocks) : (!host, !host, !host) -> ()
    "xpu.compare"(%column, %blocks, %has_block) {predicate = "slt"} : (!host, !host, !mask) -> ()
    // block_tables[encoder_batch_map[k], column]
    %index = "xpu.alloc"(%prefix_size_index) : (index) -> !host
    %block_id = "xpu.alloc"(%prefix_size_index) : (index) -> !host
    "xpu.gather"(%encoder_batch_map_vec, %k, %index) : (!host, !host, !host) -> ()
    "xpu.broadcast_mul"(%index, %N_i32, %index) : (!host, i32, !host) -> ()
    "xpu.broadcast_add"(%index, %column, %index) : (!host, !host, !host) -> ()
    "xpu.gather"(%table_vec, %index, %block_id) : (!host, !host, !host) -> ()
    "xpu.select"(%has_block, %block_id, %minus_one, %prefix_block_tables_vec) : (!mask, !host, i32, !host) -> ()
    "xpu.free"(%table_vec) : (!host) -> ()
    "xpu.free"(%j) : (!host) -> ()
    "xpu.free"(%k) : (!host) -> ()
    "xpu.free"(%column) : (!host) -> ()
    "xpu.free"(%blocks) : (!host) -> ()
    "xpu.free"(%has_block) : (!mask) -> ()
    "xpu.free"(%index) : (!host) -> ()
    "xpu.free"(%block_id) : (!host) -> ()
  }
  "xpu.free"(%blocks_packed) : (!host) -> ()
  %len_info_width = arith.select %has_prefix, %prefix_block_num_per_seq, %minus_one : i32

  // The cache slot of every new token: block_tables[row, p / block_size] * block_size + p % block_size, with p
  // counted from prefix_len, resp. from decoder_context_len_cache. -1 ("do not write to the cache") where no token is,
  // and everywhere if the splice is off.
  %enc_tokens = arith.index_cast %total_enc_len : i32 to index
  "xpu.constant"(%minus_one, %slot_mapping_enc) : (i32, !dev) -> ()
  %has_enc_tokens = arith.cmpi sgt, %total_enc_len, %zero : i32
  %map_enc = arith.andi %encoder_splice, %has_enc_tokens : i1
  scf.if %map_enc {
    // The packed row of every token, and the token's position in its sequence.
    %rows = arith.index_cast %enc_batch : i32 to index
    %rows1 = arith.addi %rows, %c1 : index
    %lod = memref.subview %encoder_seq_lod_vec[0] [%rows1] [1] : !host to !host
    %k = "xpu.alloc"(%enc_tokens) : (index) -> !host
    %first = "xpu.alloc"(%enc_tokens) : (index) -> !host
    %start = "xpu.alloc"(%enc_tokens) : (index) -> !host
    %position = "xpu.alloc"(%enc_tokens) : (index) -> !host
    "xpu.expand"(%lod, %k) : (!host, !host) -> ()
    "xpu.gather"(%lod, %k, %first) : (!host, !host, !host) -> ()
    "xpu.gather"(%prefix_len_vec, %k, %start) : (!host, !host, !host) -> ()
    "xpu.range"(%zero, %one, %position) : (i32, i32, !host) -> ()
    "xpu.broadcast_sub"(%position, %first, %position) : (!host, !host, !host) -> ()
    "xpu.broadcast_add"(%start, %position, %position) : (!host, !host, !host) -> ()
    // Where the token's block stands in the table, and its offset in the block.
    %block = "xpu.alloc"(%enc_tokens) : (index) -> !host
    %offset = "xpu.alloc"(%enc_tokens) : (index) -> !host
    %index = "xpu.alloc"(%enc_tokens) : (index) -> !host
    "xpu.broadcast_floordiv"(%position, %block_size, %block) : (!host, i32, !host) -> ()
    "xpu.broadcast_mod"(%position, %block_size, %offset) : (!host, i32, !host) -> ()
    "xpu.gather"(%encoder_batch_map_vec, %k, %index) : (!host, !host, !host) -> ()
    "xpu.broadcast_mul"(%index, %N_i32, %index) : (!host, i32, !host) -> ()
    "xpu.broadcast_add"(%index, %block, %index) : (!host, !host, !host) -> ()
    // slot = table[index] * block_size + offset, on the device.
    %index_dev = "xpu.alloc"(%enc_tokens) : (index) -> !dev
    %offset_dev = "xpu.alloc"(%enc_tokens) : (index) -> !dev
    %block_id = "xpu.alloc"(%enc_tokens) : (index) -> !dev
    %block_size_dev = "xpu.alloc"() : () -> !dev_cell
    "xpu.h2d"(%index, %index_dev) {blocking} : (!host, !dev) -> ()
    "xpu.h2d"(%offset, %offset_dev) {blocking} : (!host, !dev) -> ()
    "xpu.constant"(%block_size, %block_size_dev) : (i32, !dev_cell) -> ()
    %slots = memref.subview %slot_mapping_enc[0] [%enc_tokens] [1] : !dev to !dev
    "xpu.gather"(%table_flat, %index_dev, %block_id) : (!dev, !dev, !dev) -> ()
    "xpu.broadcast_mul"(%block_id, %block_size_dev, %block_id) : (!dev, !dev_cell, !dev) -> ()
    "xpu.broadcast_add"(%block_id, %offset_dev, %slots) : (!dev, !dev, !dev) -> ()
    "xpu.free"(%k) : (!host) -> ()
    "xpu.free"(%first) : (!host) -> ()
    "xpu.free"(%start) : (!host) -> ()
    "xpu.free"(%position) : (!host) -> ()
    "xpu.free"(%block) : (!host) -> ()
    "xpu.free"(%offset) : (!host) -> ()
    "xpu.free"(%index) : (!host) -> ()
    "xpu.free"(%index_dev) : (!dev) -> ()
    "xpu.free"(%offset_dev) : (!dev) -> ()
    "xpu.free"(%block_id) : (!dev) -> ()
    "xpu.free"(%block_size_dev) : (!dev_cell) -> ()
  }
  %dec_batch_index = arith.index_cast %dec_batch : i32 to index
  %total_dec_len = memref.load %decoder_seq_lod_vec[%dec_batch_index] : !host
  %dec_tokens = arith.index_cast %total_dec_len : i32 to index
  %slot_mapping_dec = "xpu.alloc"(%dec_slots) : (index) -> !dev
  "xpu.constant"(%minus_one, %slot_mapping_dec) : (i32, !dev) -> ()
  %has_dec_tokens = arith.cmpi sgt, %total_dec_len, %zero : i32
  %map_dec = arith.andi %decoder_splice, %has_dec_tokens : i1
  scf.if %map_dec {
    // The packed row of every token, and the token's position in its sequence.
    %rows = arith.index_cast %dec_batch : i32 to index
    %rows1 = arith.addi %rows, %c1 : index
    %lod = memref.subview %decoder_seq_lod_vec[0] [%rows1] [1] : !host to !host
    %k = "xpu.alloc"(%dec_tokens) : (index) -> !host
    %first = "xpu.alloc"(%dec_tokens) : (index) -> !host
    %start = "xpu.alloc"(%dec_tokens) : (index) -> !host
    %position = "xpu.alloc"(%dec_tokens) : (index) -> !host
    "xpu.expand"(%lod, %k) : (!host, !host) -> ()
    "xpu.gather"(%lod, %k, %first) : (!host, !host, !host) -> ()
    "xpu.gather"(%decoder_context_len_cache_vec, %k, %start) : (!host, !host, !host) -> ()
    "xpu.range"(%zero, %one, %position) : (i32, i32, !host) -> ()
    "xpu.broadcast_sub"(%position, %first, %position) : (!host, !host, !host) -> ()
    "xpu.broadcast_add"(%start, %position, %position) : (!host, !host, !host) -> ()
    // Where the token's block stands in the table, and its offset in the block.
    %block = "xpu.alloc"(%dec_tokens) : (index) -> !host
    %offset = "xpu.alloc"(%dec_tokens) : (index) -> !host
    %index = "xpu.alloc"(%dec_tokens) : (index) -> !host
    "xpu.broadcast_floordiv"(%position, %block_size, %block) : (!host, i32, !host) -> ()
    "xpu.broadcast_mod"(%position, %block_size, %offset) : (!host, i32, !host) -> ()
    "xpu.gather"(%decoder_batch_map_vec, %k, %index) : (!host, !host, !host) -> ()
    "xpu.broadcast_mul"(%index, %N_i32, %index) : (!host, i32, !host) -> ()
    "xpu.broadcast_add"(%index, %block, %index) : (!host, !host, !host) -> ()
    // slot = table[index] * block_size + offset, on the device.
    %index_dev = "xpu.alloc"(%dec_tokens) : (index) -> !dev
    %offset_dev = "xpu.alloc"(%dec_tokens) : (index) -> !dev
    %block_id = "xpu.alloc"(%dec_tokens) : (index) -> !dev
    %block_size_dev = "xpu.alloc"() : () -> !dev_cell
    "xpu.h2d"(%index, %index_dev) {blocking} : (!host, !dev) -> ()
    "xpu.h2d"(%offset, %offset_dev) {blocking} : (!host, !dev) -> ()
    "xpu.constant"(%block_size, %block_size_dev) : (i32, !dev_cell) -> ()
    %slots = memref.subview %slot_mapping_dec[0] [%dec_tokens] [1] : !dev to !dev
    "xpu.gather"(%table_flat, %index_dev, %block_id) : (!dev, !dev, !dev) -> ()
    "xpu.broadcast_mul"(%block_id, %block_size_dev, %block_id) : (!dev, !dev_cell, !dev) -> ()
    "xpu.broadcast_add"(%block_id, %offset_dev, %slots) : (!dev, !dev, !dev) -> ()
    "xpu.free"(%k) : (!host) -> ()
    "xpu.free"(%first) : (!host) -> ()
    "xpu.free"(%start) : (!host) -> ()
    "xpu.free"(%position) : (!host) -> ()
    "xpu.free"(%block) : (!host) -> ()
    "xpu.free"(%offset) : (!host) -> ()
    "xpu.free"(%index) : (!host) -> ()
    "xpu.free"(%index_dev) : (!dev) -> ()
    "xpu.free"(%offset_dev) : (!dev) -> ()
    "xpu.free"(%block_id) : (!dev) -> ()
    "xpu.free"(%block_size_dev) : (!dev_cell) -> ()
  }

  // Up to the device, one array at a time. The prefix table goes to the front of its buffer; the rest is left alone.
  "xpu.h2d"(%encoder_batch_map_vec, %encoder_batch_map) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%decoder_batch_map_vec, %decoder_batch_map) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%encoder_batch_idx_vec, %encoder_batch_idx) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%decoder_batch_idx_vec, %decoder_batch_idx) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%encoder_seq_lod_vec, %encoder_seq_lod) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%decoder_seq_lod_vec, %decoder_seq_lod) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%encoder_kv_lod_vec, %encoder_kv_lod) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%prefix_len_vec, %prefix_len) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%decoder_context_len_vec, %decoder_context_len) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%decoder_context_len_cache_vec, %decoder_context_len_cache) {blocking} : (!host, !dev) -> ()
  %prefix_flat = memref.collapse_shape %prefix_block_tables [[0, 1]] : !dev_2d into !dev
  %prefix_front = memref.subview %prefix_flat[0] [%prefix_size_index] [1] : !dev to !dev
  "xpu.h2d"(%prefix_block_tables_vec, %prefix_front) {blocking} : (!host, !dev) -> ()

  // And into the host twins.
  "xpu.copy"(%encoder_batch_map_vec, %encoder_batch_map_cpu) : (!host, !host) -> ()
  "xpu.copy"(%decoder_batch_map_vec, %decoder_batch_map_cpu) : (!host, !host) -> ()
  "xpu.copy"(%encoder_batch_idx_vec, %encoder_batch_idx_cpu) : (!host, !host) -> ()
  "xpu.copy"(%decoder_batch_idx_vec, %decoder_batch_idx_cpu) : (!host, !host) -> ()
  "xpu.copy"(%encoder_seq_lod_vec, %encoder_seq_lod_cpu) : (!host, !host) -> ()
  "xpu.copy"(%decoder_seq_lod_vec, %decoder_seq_lod_cpu) : (!host, !host) -> ()
  "xpu.copy"(%encoder_kv_lod_vec, %encoder_kv_lod_cpu) : (!host, !host) -> ()
  "xpu.copy"(%prefix_len_vec, %prefix_len_cpu) : (!host, !host) -> ()
  "xpu.copy"(%decoder_context_len_vec, %decoder_context_len_cpu) : (!host, !host) -> ()
  "xpu.copy"(%decoder_context_len_cache_vec, %decoder_context_len_cache_cpu) : (!host, !host) -> ()
  %len_info = "xpu.alloc"() : () -> !len_info
  memref.store %enc_batch, %len_info[%c0] : !len_info
  memref.store %dec_batch, %len_info[%c1] : !len_info
  memref.store %total_enc_len, %len_info[%c2] : !len_info
  memref.store %max_seq_len, %len_info[%c3] : !len_info
  memref.store %max_kv_len, %len_info[%c4] : !len_info
  memref.store %len_info_width, %len_info[%c5] : !len_info
  memref.store %max_dec_len, %len_info[%c6] : !len_info
  "xpu.copy"(%len_info, %len_info_cpu) : (!len_info, !len_info) -> ()

  "xpu.free"(%encoder_batch_map_vec) : (!host) -> ()
  "xpu.free"(%decoder_batch_map_vec) : (!host) -> ()
  "xpu.free"(%encoder_batch_idx_vec) : (!host) -> ()
  "xpu.free"(%decoder_batch_idx_vec) : (!host) -> ()
  "xpu.free"(%encoder_seq_lod_vec) : (!host) -> ()
  "xpu.free"(%decoder_seq_lod_vec) : (!host) -> ()
  "xpu.free"(%encoder_kv_lod_vec) : (!host) -> ()
  "xpu.free"(%prefix_len_vec) : (!host) -> ()
  "xpu.free"(%decoder_context_len_vec) : (!host) -> ()
  "xpu.free"(%decoder_context_len_cache_vec) : (!host) -> ()
  "xpu.free"(%prefix_block_tables_vec) : (!host) -> ()
  "xpu.free"(%len_info) : (!len_info) -> ()
  return %slot_mapping_dec : !dev
}
