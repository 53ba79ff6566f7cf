// A list of tensors in place, and a plain output.
//@ call: xs = [int32[2] 1 2, int32[3] 3 4 5]; y = int32[2] 5 6
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(std::vector<paddle::Tensor> &xs, const paddle::Tensor &y) {
  for (auto &x : xs) {
    for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
  }
  return {paddle::experimental::scale(y, 2)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<std::vector<int64_t>> &xs, const std::vector<int64_t> &y) {
  return {y};
}

std::vector<paddle::DataType> InferDtype(const std::vector<paddle::DataType> &xs, const paddle::DataType &y) { return {y}; }

PD_BUILD_OP(form_vec_inplace)
    .Inputs({paddle::Vec("xs"), "y"})
    .Outputs({paddle::Vec("outs"), "out"})
    .SetInplaceMap({{paddle::Vec("xs"), paddle::Vec("outs")}})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
