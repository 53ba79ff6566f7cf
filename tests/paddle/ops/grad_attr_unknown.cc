// The gradient declares an attribute that the op does not have.
//@ call grad_attr_unknown: x = float32[3] 1 2 3
//@ call grad_attr_unknown as grad: x = float32[3] 1 2 3 grad
//@ expect: PD034
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::multiply(x, x)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

std::vector<paddle::Tensor> GradKernel(const paddle::Tensor &x, const paddle::Tensor &grad_out, int a) {
  return {paddle::multiply(paddle::experimental::scale(x, 2), grad_out)};
}

PD_BUILD_OP(grad_attr_unknown)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));

PD_BUILD_GRAD_OP(grad_attr_unknown)
    .Inputs({"x", paddle::Grad("out")})
    .Outputs({paddle::Grad("x")})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(GradKernel));
