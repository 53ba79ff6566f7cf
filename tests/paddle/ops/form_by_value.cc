// Shapes, dtypes and lists of them may be taken by value.
//@ call: x = int32[3] 1 2 3; parts = [int32[2] 1 2, int32[2] 3 4]
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const std::vector<paddle::Tensor> &parts) {
  return {paddle::experimental::scale(parts[1], 2)};
}

std::vector<std::vector<int64_t>> InferShape(std::vector<int64_t> x, std::vector<std::vector<int64_t>> parts) {
  x = parts[1];
  return {x};
}

std::vector<paddle::DataType> InferDtype(paddle::DataType x, std::vector<paddle::DataType> parts) { return {parts[1]}; }

PD_BUILD_OP(form_by_value)
    .Inputs({"x", paddle::Vec("parts")})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
