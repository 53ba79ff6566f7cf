// An op with a gradient and the gradient of that, which no program in PIR can run.
//@ call second_order: x = float32[3] 1 2 3 grad2
//@ expect: PD035
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::multiply(x, x)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

std::vector<paddle::Tensor> GradKernel(const paddle::Tensor &x, const paddle::Tensor &grad_out) {
  return {paddle::multiply(paddle::experimental::scale(x, 2), grad_out)};
}

std::vector<paddle::Tensor> DoubleGradKernel(const paddle::Tensor &x, const paddle::Tensor &grad_out,
                                             const paddle::Tensor &grad_grad_x) {
  return {paddle::multiply(paddle::experimental::scale(grad_out, 2), grad_grad_x),
          paddle::multiply(paddle::experimental::scale(x, 2), grad_grad_x)};
}

std::vector<std::vector<int64_t>> DoubleGradInferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &grad_out,
                                                       const std::vector<int64_t> &grad_grad_x) {
  return {x, grad_out};
}

PD_BUILD_OP(second_order)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));

PD_BUILD_GRAD_OP(second_order).Inputs({"x", paddle::Grad("out")}).Outputs({paddle::Grad("x")}).SetKernelFn(PD_KERNEL(GradKernel));

PD_BUILD_DOUBLE_GRAD_OP(second_order)
    .Inputs({"x", paddle::Grad("out"), paddle::Grad(paddle::Grad("x"))})
    .Outputs({paddle::Grad("x"), paddle::Grad(paddle::Grad("out"))})
    .SetKernelFn(PD_KERNEL(DoubleGradKernel))
    .SetInferShapeFn(PD_INFER_SHAPE(DoubleGradInferShape));
