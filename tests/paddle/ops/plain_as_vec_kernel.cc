// The kernel takes one tensor as a list of tensors: the list has one element.
//@ call: x = int32[2] 1 2; y = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const std::vector<paddle::Tensor> &y) {
  return {paddle::experimental::scale(y[0], 2, static_cast<int>(y.size()))};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y) { return {y}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y) { return {y}; }

PD_BUILD_OP(plain_as_vec_kernel)
    .Inputs({"x", "y"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
