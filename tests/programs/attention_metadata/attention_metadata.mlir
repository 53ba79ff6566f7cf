// What an attention back end builds for each step: eight small arrays that the scheduler keeps on the host go up to one
// buffer of the caller, one after the other, and the running sums that the kernels index by are derived from them on
// the device.
//
// Every array is a transfer of its own: the fixed cost of eight of them is far more than that of their bytes.
//
// Commands of one call: 8 host-to-device copies, 3 launches, 1 device allocation, 1 wait.

!dev      = memref<?xi32, "device">
!dev_view = memref<?xi32, strided<[1], offset: ?>, "device">
!host     = memref<?xi32, "host">

func.func @attention_metadata(
    %seq_lens_q: !host {xpu.name = "seq_lens_q", xpu.shape = ["B"]},
    %context_lens: !host {xpu.name = "context_lens", xpu.shape = ["B"]},
    %block_counts: !host {xpu.name = "block_counts", xpu.shape = ["B"]},
    %request_ids: !host {xpu.name = "request_ids", xpu.shape = ["B"]},
    %adapter_ids: !host {xpu.name = "adapter_ids", xpu.shape = ["B"]},
    %draft_lens: !host {xpu.name = "draft_lens", xpu.shape = ["B"]},
    %seeds: !host {xpu.name = "seeds", xpu.shape = ["B"]},
    %flags: !host {xpu.name = "flags", xpu.shape = ["B"]},
    %metadata: !dev {xpu.name = "metadata", xpu.shape = ["8*B"], xpu.noalias, xpu.output},
    %cu_seqlens_q: !dev {xpu.name = "cu_seqlens_q", xpu.shape = ["B + 1"], xpu.noalias, xpu.output},
    %cu_seqlens_k: !dev {xpu.name = "cu_seqlens_k", xpu.shape = ["B + 1"], xpu.noalias, xpu.output}
) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %max = arith.constant 2147483647 : i32
  %B = memref.dim %seq_lens_q, %c0 : !host
  %B2 = arith.addi %B, %B : index
  %B3 = arith.addi %B2, %B : index
  %B4 = arith.addi %B3, %B : index
  %B5 = arith.addi %B4, %B : index
  %B6 = arith.addi %B5, %B : index
  %B7 = arith.addi %B6, %B : index

  // No length is negative, and a request's tokens are an i32.
  "xpu.require"(%seq_lens_q, %zero) {predicate = "sge", message = "seq_lens_q"} : (!host, i32) -> ()
  "xpu.require"(%context_lens, %zero) {predicate = "sge", message = "context_lens"} : (!host, i32) -> ()
  %room = "xpu.alloc"(%B) : (index) -> !host
  "xpu.broadcast_sub"(%max, %context_lens, %room) : (i32, !host, !host) -> ()
  "xpu.require"(%seq_lens_q, %room) {predicate = "sle", message = "seq_lens_q, on top of context_lens"}
      : (!host, !host) -> ()
  "xpu.free"(%room) : (!host) -> ()

  // Up to the device, one array at a time, each to its place in the buffer.
  %metadata_0 = memref.subview %metadata[0] [%B] [1] : !dev to !dev
  %metadata_1 = memref.subview %metadata[%B] [%B] [1] : !dev to !dev_view
  %metadata_2 = memref.subview %metadata[%B2] [%B] [1] : !dev to !dev_view
  %metadata_3 = memref.subview %metadata[%B3] [%B] [1] : !dev to !dev_view
  %metadata_4 = memref.subview %metadata[%B4] [%B] [1] : !dev to !dev_view
  %metadata_5 = memref.subview %metadata[%B5] [%B] [1] : !dev to !dev_view
  %metadata_6 = memref.subview %metadata[%B6] [%B] [1] : !dev to !dev_view
  %metadata_7 = memref.subview %metadata[%B7] [%B] [1] : !dev to !dev_view
  "xpu.h2d"(%seq_lens_q, %metadata_0) : (!host, !dev) -> ()
  "xpu.h2d"(%context_lens, %metadata_1) : (!host, !dev_view) -> ()
  "xpu.h2d"(%block_counts, %metadata_2) : (!host, !dev_view) -> ()
  "xpu.h2d"(%request_ids, %metadata_3) : (!host, !dev_view) -> ()
  "xpu.h2d"(%adapter_ids, %metadata_4) : (!host, !dev_view) -> ()
  "xpu.h2d"(%draft_lens, %metadata_5) : (!host, !dev_view) -> ()
  "xpu.h2d"(%seeds, %metadata_6) : (!host, !dev_view) -> ()
  "xpu.h2d"(%flags, %metadata_7) : (!host, !dev_view) -> ()

  // The first query and the first key of each request.
  %seq_lens_k = "xpu.alloc"(%B) : (index) -> !dev
  "xpu.broadcast_add"(%metadata_0, %metadata_1, %seq_lens_k) : (!dev, !dev_view, !dev) -> ()
  "xpu.cumsum"(%metadata_0, %cu_seqlens_q) {exclusive} : (!dev, !dev) -> ()
  "xpu.cumsum"(%seq_lens_k, %cu_seqlens_k) {exclusive} : (!dev, !dev) -> ()
  "xpu.wait"() : () -> ()
  "xpu.free"(%seq_lens_k) : (!dev) -> ()
  return
}
