// The declaration of `get_infer_param` mended: InferShape takes both attributes, in the order declared.
//@ program: programs/get_infer_param/inplace.mlir
#include "paddle/extension.h"

std::vector<paddle::Tensor> GetInferParam(
    const paddle::Tensor& seq_lens_encoder, const paddle::Tensor& seq_lens_decoder,
    const paddle::Tensor& seq_lens_this_time, const paddle::Tensor& block_tables, paddle::Tensor& encoder_batch_map,
    paddle::Tensor& decoder_batch_map, paddle::Tensor& encoder_batch_idx, paddle::Tensor& decoder_batch_idx,
    paddle::Tensor& encoder_seq_lod, paddle::Tensor& decoder_seq_lod, paddle::Tensor& encoder_kv_lod,
    paddle::Tensor& prefix_len, paddle::Tensor& decoder_context_len, paddle::Tensor& decoder_context_len_cache,
    paddle::Tensor& prefix_block_tables, paddle::Tensor& encoder_batch_map_cpu, paddle::Tensor& decoder_batch_map_cpu,
    paddle::Tensor& encoder_batch_idx_cpu, paddle::Tensor& decoder_batch_idx_cpu, paddle::Tensor& encoder_seq_lod_cpu,
    paddle::Tensor& decoder_seq_lod_cpu, paddle::Tensor& encoder_kv_lod_cpu, paddle::Tensor& prefix_len_cpu,
    paddle::Tensor& decoder_context_len_cpu, paddle::Tensor& decoder_context_len_cache_cpu,
    paddle::Tensor& len_info_cpu, int block_size, int num_speculative_tokens) {
  auto slot_mapping_enc = paddle::full({Total(seq_lens_encoder)}, -1, paddle::DataType::INT32, block_tables.place());
  auto slot_mapping_dec = paddle::full({seq_lens_decoder.shape()[0] * (1 + num_speculative_tokens)}, -1,
                                       paddle::DataType::INT32, block_tables.place());
  return {slot_mapping_enc, slot_mapping_dec};
}

std::vector<std::vector<int64_t>> GetInferParamInferShape(const std::vector<int64_t>& seq_lens_encoder_shape,
                                                          const std::vector<int64_t>& seq_lens_decoder_shape,
                                                          const std::vector<int64_t>& seq_lens_this_time_shape,
                                                          const std::vector<int64_t>& block_tables_shape,
                                                          int block_size, int num_speculative_tokens) {
  return {{-1}, {seq_lens_encoder_shape[0] * (1 + num_speculative_tokens)}};
}

std::vector<paddle::DataType> GetInferParamInferDtype(const paddle::DataType& seq_lens_encoder_dtype,
                                                      const paddle::DataType& seq_lens_decoder_dtype,
                                                      const paddle::DataType& seq_lens_this_time_dtype,
                                                      const paddle::DataType& block_tables_dtype) {
  return {paddle::DataType::INT32, paddle::DataType::INT32};
}

PD_BUILD_OP(get_infer_param)
    .Inputs({"seq_lens_encoder", "seq_lens_decoder", "seq_lens_this_time", "block_tables", "encoder_batch_map",
             "decoder_batch_map", "encoder_batch_idx", "decoder_batch_idx", "encoder_seq_lod", "decoder_seq_lod",
             "encoder_kv_lod", "prefix_len", "decoder_context_len", "decoder_context_len_cache",
             "prefix_block_tables", "encoder_batch_map_cpu", "decoder_batch_map_cpu", "encoder_batch_idx_cpu",
             "decoder_batch_idx_cpu", "encoder_seq_lod_cpu", "decoder_seq_lod_cpu", "encoder_kv_lod_cpu",
             "prefix_len_cpu", "decoder_context_len_cpu", "decoder_context_len_cache_cpu", "len_info_cpu"})
    .Outputs({"slot_mapping_enc", "slot_mapping_dec"})
    .SetKernelFn(PD_KERNEL(GetInferParam))
    .Attrs({"block_size: int", "num_speculative_tokens: int"})
    .SetInferShapeFn(PD_INFER_SHAPE(GetInferParamInferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(GetInferParamInferDtype));
