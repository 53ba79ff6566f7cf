// The declaration that pull request 7431 gives `get_infer_param`: the 22 arrays that the op used to allocate and return
// (`functional.mlir`) are buffers of the caller, which keep their addresses from call to call. The sizes are those that
// the program yields; a declaration that says otherwise is refused.
"xpu.signature"() {
  function = "get_infer_param",
  inputs = [
    {name = "seq_lens_encoder", type = i32, space = "device", shape = ["B"]},
    {name = "seq_lens_decoder", type = i32, space = "device", shape = ["B"]},
    {name = "seq_lens_this_time", type = i32, space = "device", shape = ["B"]},
    {name = "block_tables", type = i32, space = "device", shape = ["B", "N"]}
  ],
  outputs = [
    {name = "encoder_batch_map", type = i32, space = "device", shape = ["B"], inplace},
    {name = "decoder_batch_map", type = i32, space = "device", shape = ["B"], inplace},
    {name = "encoder_batch_idx", type = i32, space = "device", shape = ["B"], inplace},
    {name = "decoder_batch_idx", type = i32, space = "device", shape = ["B"], inplace},
    {name = "encoder_seq_lod", type = i32, space = "device", shape = ["B + 1"], inplace},
    {name = "decoder_seq_lod", type = i32, space = "device", shape = ["B + 1"], inplace},
    {name = "encoder_kv_lod", type = i32, space = "device", shape = ["B + 1"], inplace},
    {name = "prefix_len", type = i32, space = "device", shape = ["B"], inplace},
    {name = "decoder_context_len", type = i32, space = "device", shape = ["B"], inplace},
    {name = "decoder_context_len_cache", type = i32, space = "device", shape = ["B"], inplace},
    {name = "prefix_block_tables", type = i32, space = "device", shape = ["B", "N"], inplace},
    {name = "encoder_batch_map_cpu", type = i32, space = "host", shape = ["B"], inplace},
    {name = "decoder_batch_map_cpu", type = i32, space = "host", shape = ["B"], inplace},
    {name = "encoder_batch_idx_cpu", type = i32, space = "host", shape = ["B"], inplace},
    {name = "decoder_batch_idx_cpu", type = i32, space = "host", shape = ["B"], inplace},
    {name = "encoder_seq_lod_cpu", type = i32, space = "host", shape = ["B + 1"], inplace},
    {name = "decoder_seq_lod_cpu", type = i32, space = "host", shape = ["B + 1"], inplace},
    {name = "encoder_kv_lod_cpu", type = i32, space = "host", shape = ["B + 1"], inplace},
    {name = "prefix_len_cpu", type = i32, space = "host", shape = ["B"], inplace},
    {name = "decoder_context_len_cpu", type = i32, space = "host", shape = ["B"], inplace},
    {name = "decoder_context_len_cache_cpu", type = i32, space = "host", shape = ["B"], inplace},
    {name = "len_info_cpu", type = i32, space = "host", shape = ["6"], inplace}
  ],
  attributes = [
    {name = "block_size", type = i32}
  ]
} : () -> ()
