// The type of the result comes last.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

auto Kernel(const paddle::Tensor &x) -> std::vector<paddle::Tensor> { return {paddle::experimental::scale(x, 2)}; }

auto InferShape(const std::vector<int64_t> &x) -> std::vector<std::vector<int64_t>> { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(form_trailing_return)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
