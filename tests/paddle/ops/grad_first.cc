// PD_BUILD_GRAD_OP comes before PD_BUILD_OP.
//@ call grad_first: x = float32[3] 1 2 3
//@ call grad_first as grad: x = float32[3] 1 2 3 grad
//@ expect: PD025
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::multiply(x, x)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

std::vector<paddle::Tensor> GradKernel(const paddle::Tensor &x, const paddle::Tensor &grad_out) {
  return {paddle::multiply(paddle::experimental::scale(x, 2), grad_out)};
}

PD_BUILD_GRAD_OP(grad_first).Inputs({"x", paddle::Grad("out")}).Outputs({paddle::Grad("x")}).SetKernelFn(PD_KERNEL(GradKernel));

PD_BUILD_OP(grad_first)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
