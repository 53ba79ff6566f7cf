// The kernel takes an input as optional that is not declared so.
//@ call as none: x = int32[3] 1 2 3; mask = None
//@ call as given: x = int32[3] 1 2 3; mask = int32[3] 1 1 1
//@ expect: PD017
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::optional<paddle::Tensor> &mask) {
  return {paddle::experimental::scale(x, 2, mask ? mask->numel() : 0)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &mask) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &mask) { return {x}; }

PD_BUILD_OP(optional_undeclared)
    .Inputs({"x", "mask"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
