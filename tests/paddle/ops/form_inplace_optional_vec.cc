// An optional list of tensors is in place.
//@ call as none: x = int32[3] 1 2 3; ys = None
//@ call as given: x = int32[3] 1 2 3; ys = [int32[2] 4 5, int32[1] 6]
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, paddle::optional<std::vector<paddle::Tensor>> &ys) {
  if (ys) {
    for (auto &y : *ys) {
      for (int64_t i = 0; i < y.numel(); ++i) y.data<int>()[i] += 100;
    }
  }
  return {paddle::experimental::scale(x, 2)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x,
                                             const paddle::optional<std::vector<std::vector<int64_t>>> &ys) {
  return {x};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::optional<std::vector<paddle::DataType>> &ys) {
  return {x};
}

PD_BUILD_OP(form_inplace_optional_vec)
    .Inputs({"x", paddle::Optional(paddle::Vec("ys"))})
    .Outputs({"out", paddle::Optional(paddle::Vec("ys_out"))})
    .SetInplaceMap({{paddle::Optional(paddle::Vec("ys")), paddle::Optional(paddle::Vec("ys_out"))}})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
