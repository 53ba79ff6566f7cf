// The gradient has an InferShape and an InferDtype of its own.
//@ call grad_infer_dtype_legal: x = float32[3] 1 2 3
//@ call grad_infer_dtype_legal as grad: x = float32[3] 1 2 3 grad
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::multiply(x, x)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

std::vector<paddle::Tensor> GradKernel(const paddle::Tensor &x, const paddle::Tensor &grad_out) {
  return {paddle::multiply(paddle::experimental::scale(x, 2), grad_out)};
}

std::vector<std::vector<int64_t>> GradInferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &grad_out) {
  return {x};
}

std::vector<paddle::DataType> GradInferDtype(const paddle::DataType &x, const paddle::DataType &grad_out) { return {x}; }

PD_BUILD_OP(grad_infer_dtype_legal)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));

PD_BUILD_GRAD_OP(grad_infer_dtype_legal)
    .Inputs({"x", paddle::Grad("out")})
    .Outputs({paddle::Grad("x")})
    .SetKernelFn(PD_KERNEL(GradKernel))
    .SetInferShapeFn(PD_INFER_SHAPE(GradInferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(GradInferDtype));
