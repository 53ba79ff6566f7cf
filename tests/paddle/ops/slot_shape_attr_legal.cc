// InferShape takes both attributes in the order in which they are declared.
//@ call: x = int32[5] 1 0 2 0 3; table = int32[5,4] arange; block_size = 64; num_speculative_tokens = 1
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &table, int block_size,
                                   int num_speculative_tokens) {
  auto out = paddle::zeros({x.shape()[0] * (1 + num_speculative_tokens)}, paddle::DataType::INT32, paddle::CPUPlace());
  for (int64_t i = 0; i < out.numel(); ++i) out.data<int>()[i] = x.data<int>()[i % x.numel()] * block_size;
  return {out};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &table, int block_size,
                                             int num_speculative_tokens) {
  return {{x[0] * (1 + num_speculative_tokens)}};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &table) {
  return {paddle::DataType::INT32};
}

PD_BUILD_OP(slot_shape_attr_legal)
    .Inputs({"x", "table"})
    .Outputs({"out"})
    .Attrs({"block_size: int", "num_speculative_tokens: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
