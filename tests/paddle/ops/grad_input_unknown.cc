// The gradient declares an input that the op does not have.
//@ call grad_input_unknown: x = float32[3] 1 2 3
//@ call grad_input_unknown as grad: x = float32[3] 1 2 3 grad
//@ expect: PD034
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::multiply(x, x)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

std::vector<paddle::Tensor> GradKernel(const paddle::Tensor &y, const paddle::Tensor &grad_out) {
  return {paddle::multiply(paddle::experimental::scale(y, 2), grad_out)};
}

PD_BUILD_OP(grad_input_unknown)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));

PD_BUILD_GRAD_OP(grad_input_unknown)
    .Inputs({"y", paddle::Grad("out")})
    .Outputs({paddle::Grad("x")})
    .SetKernelFn(PD_KERNEL(GradKernel));
