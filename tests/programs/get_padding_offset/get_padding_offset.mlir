// FastDeploy's `get_padding_offset` family: the padded token ids of a batch, [B, L], packed into one row of tokens, with
// the request of each token and the first token of each request.
//
// The lengths are on the device, and how many tokens there are decides how large the results are: so they are brought
// down, everything is worked out on the host, and uploaded one array at a time.
//
// Commands of one call: 1 wait, 1 device-to-host copy, 3 host-to-device copies, 1 device-to-device copy, 1 launch,
// 5 device allocations.

!dev    = memref<?xi32, "device">
!host   = memref<?xi32, "host">
!ids    = memref<?xi64, "device">
!ids_2d = memref<?x?xi64, "device">
!cell   = memref<1xi64, "host">

func.func @get_padding_offset(
    %input_ids: !ids_2d {xpu.name = "input_ids", xpu.shape = ["B", "L"]},
    %seq_lens: !dev {xpu.name = "seq_lens", xpu.shape = ["B"]}
) -> (
    !ids {xpu.name = "ids_remove_padding", xpu.shape = ["sum(seq_lens)"]},
    !dev {xpu.name = "batch_id_per_token", xpu.shape = ["sum(seq_lens)"]},
    !dev {xpu.name = "cu_seqlens_q", xpu.shape = ["B + 1"]},
    !dev {xpu.name = "cu_seqlens_k", xpu.shape = ["B + 1"]}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %max_i64 = arith.constant 2147483647 : i64
  %max_index = arith.constant 2147483647 : index
  %B = memref.dim %seq_lens, %c0 : !dev
  %B1 = arith.addi %B, %c1 : index
  %L = memref.dim %input_ids, %c1 : !ids_2d
  %L_i32 = arith.index_cast %L : index to i32
  %size = arith.muli %B, %L : index
  "xpu.require"(%size, %max_index) {predicate = "sle", message = "input_ids, elements"} : (index, index) -> ()

  // The lengths, on the host.
  %lens = "xpu.alloc"(%B) : (index) -> !host
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%seq_lens, %lens) {blocking} : (!dev, !host) -> ()
  "xpu.require"(%lens, %zero) {predicate = "sge", message = "seq_lens, every length"} : (!host, i32) -> ()
  "xpu.require"(%lens, %L_i32) {predicate = "sle", message = "seq_lens, tokens in a row of input_ids"} : (!host, i32) -> ()
  %cell = "xpu.alloc"() : () -> !cell
  "xpu.reduce_sum"(%lens, %cell) : (!host, !cell) -> ()
  %tokens_i64 = memref.load %cell[%c0] : !cell
  "xpu.require"(%tokens_i64, %max_i64) {predicate = "sle", message = "seq_lens, sum of the lengths"} : (i64, i64) -> ()
  %T = arith.index_cast %tokens_i64 : i64 to index

  // The first token of each request, the request of each token, and where the token stands in the padded row.
  %lod = "xpu.alloc"(%B1) : (index) -> !host
  %request = "xpu.alloc"(%T) : (index) -> !host
  %first = "xpu.alloc"(%T) : (index) -> !host
  %index = "xpu.alloc"(%T) : (index) -> !host
  "xpu.cumsum"(%lens, %lod) {exclusive} : (!host, !host) -> ()
  "xpu.expand"(%lod, %request) : (!host, !host) -> ()
  "xpu.gather"(%lod, %request, %first) : (!host, !host, !host) -> ()
  "xpu.range"(%zero, %one, %index) : (i32, i32, !host) -> ()
  "xpu.broadcast_sub"(%index, %first, %index) : (!host, !host, !host) -> ()
  "xpu.broadcast_mul"(%request, %L_i32, %first) : (!host, i32, !host) -> ()
  "xpu.broadcast_add"(%first, %index, %index) : (!host, !host, !host) -> ()

  // Up to the device, one array at a time; the ids are picked there.
  %index_dev = "xpu.alloc"(%T) : (index) -> !dev
  %batch_id_per_token = "xpu.alloc"(%T) : (index) -> !dev
  %cu_seqlens_q = "xpu.alloc"(%B1) : (index) -> !dev
  %cu_seqlens_k = "xpu.alloc"(%B1) : (index) -> !dev
  %ids_remove_padding = "xpu.alloc"(%T) : (index) -> !ids
  "xpu.h2d"(%index, %index_dev) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%request, %batch_id_per_token) {blocking} : (!host, !dev) -> ()
  "xpu.h2d"(%lod, %cu_seqlens_q) {blocking} : (!host, !dev) -> ()
  "xpu.copy"(%cu_seqlens_q, %cu_seqlens_k) : (!dev, !dev) -> ()
  %flat = memref.collapse_shape %input_ids [[0, 1]] : !ids_2d into !ids
  "xpu.gather"(%flat, %index_dev, %ids_remove_padding) : (!ids, !dev, !ids) -> ()

  "xpu.free"(%lens) : (!host) -> ()
  "xpu.free"(%cell) : (!cell) -> ()
  "xpu.free"(%lod) : (!host) -> ()
  "xpu.free"(%request) : (!host) -> ()
  "xpu.free"(%first) : (!host) -> ()
  "xpu.free"(%index) : (!host) -> ()
  "xpu.free"(%index_dev) : (!dev) -> ()
  return %ids_remove_padding, %batch_id_per_token, %cu_seqlens_q, %cu_seqlens_k : !ids, !dev, !dev, !dev
}
