// InferDtype takes one tensor as a list of tensors.
//@ call: x = int32[2] 1 2; y = int32[3] 1 2 3
//@ expect: PD005
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &y) {
  return {paddle::experimental::scale(y, 2, 1)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y) { return {y}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const std::vector<paddle::DataType> &y) { return {y[0]}; }

PD_BUILD_OP(plain_as_vec_dtype)
    .Inputs({"x", "y"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
