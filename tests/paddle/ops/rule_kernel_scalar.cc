// Paddle has no rule for a parameter `const paddle::Scalar&` of a kernel.
//@ call: x = int32[3] 1 2 3; a = 3
//@ expect: PD030
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Scalar &a) { return {x}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, int a) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(rule_kernel_scalar)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
