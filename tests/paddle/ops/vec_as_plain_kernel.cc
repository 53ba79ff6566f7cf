// The kernel takes a list of tensors as one tensor: it gets the first.
//@ call: x = int32[2] 1 2; parts = [int32[3] 1 2 3, int32[4] 1 2 3 4]
//@ expect: PD005
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &parts) {
  return {paddle::experimental::scale(parts, 2, 2)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<std::vector<int64_t>> &parts) {
  return {parts[1]};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const std::vector<paddle::DataType> &parts) {
  return {parts[1]};
}

PD_BUILD_OP(vec_as_plain_kernel)
    .Inputs({"x", paddle::Vec("parts")})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
