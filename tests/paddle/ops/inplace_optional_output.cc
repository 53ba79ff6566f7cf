// An optional input is in place, and its output is not declared optional.
//@ call as none: x = int32[3] 1 2 3; y = None
//@ call as given: x = int32[3] 1 2 3; y = int32[2] 4 5
//@ expect: PD017
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, paddle::optional<paddle::Tensor> &y) {
  if (y) {
    for (int64_t i = 0; i < y->numel(); ++i) y->data<int>()[i] += 100;
  }
  return {paddle::experimental::scale(x, 2)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const paddle::optional<std::vector<int64_t>> &y) {
  return {x};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::optional<paddle::DataType> &y) { return {x}; }

PD_BUILD_OP(inplace_optional_output)
    .Inputs({"x", paddle::Optional("y")})
    .Outputs({"out", "y_out"})
    .SetInplaceMap({{paddle::Optional("y"), "y_out"}})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
