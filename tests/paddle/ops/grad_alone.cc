// PD_BUILD_GRAD_OP without PD_BUILD_OP.
//@ call grad_alone: x = float32[3] 1 2 3
//@ call grad_alone as grad: x = float32[3] 1 2 3 grad
//@ expect: PD025
#include "paddle/extension.h"

std::vector<paddle::Tensor> GradKernel(const paddle::Tensor &x, const paddle::Tensor &grad_out) {
  return {paddle::multiply(paddle::experimental::scale(x, 2), grad_out)};
}

PD_BUILD_GRAD_OP(grad_alone).Inputs({"x", paddle::Grad("out")}).Outputs({paddle::Grad("x")}).SetKernelFn(PD_KERNEL(GradKernel));
