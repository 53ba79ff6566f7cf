// InferShape takes an optional shape and does not look whether there is one.
//@ call as none: x = int32[3] 1 2 3; mask = None
//@ call as given: x = int32[3] 1 2 3; mask = int32[3] 1 1 1
//@ expect: PD009
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::optional<paddle::Tensor> &mask) {
  return {paddle::experimental::scale(x, 2, mask ? mask->numel() : 0)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const paddle::optional<std::vector<int64_t>> &mask) {
  return {{mask.get()[0]}};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &mask) { return {x}; }

PD_BUILD_OP(optional_unchecked_get)
    .Inputs({"x", paddle::Optional("mask")})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
