// The gradient takes the attribute of the op.
//@ call grad_attr_legal: x = float32[3] 1 2 3; a = 3
//@ call grad_attr_legal as grad: x = float32[3] 1 2 3 grad; a = 3
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, int a) { return {paddle::experimental::scale(x, a)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

std::vector<paddle::Tensor> GradKernel(const paddle::Tensor &grad_out, int a) { return {paddle::experimental::scale(grad_out, a)}; }

PD_BUILD_OP(grad_attr_legal)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));

PD_BUILD_GRAD_OP(grad_attr_legal)
    .Inputs({paddle::Grad("out")})
    .Outputs({paddle::Grad("x")})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(GradKernel));
