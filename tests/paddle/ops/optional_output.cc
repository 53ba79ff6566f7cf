// An output is optional and not in place.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::experimental::scale(x, 2, 1)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(optional_output)
    .Inputs({"x"})
    .Outputs({paddle::Optional("out")})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
