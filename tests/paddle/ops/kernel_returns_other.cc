// The kernel returns a tensor for the output in place that is not the input.
//@ call: x = int32[3] 1 2 3; y = float32[4] 1 2 3 4
//@ expect: PD014
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(paddle::Tensor &x, const paddle::Tensor &y) {
  return {paddle::experimental::scale(x, 3), paddle::experimental::scale(y, 2)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y) { return {y}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y) { return {y}; }

PD_BUILD_OP(kernel_returns_other)
    .Inputs({"x", "y"})
    .Outputs({"x_out", "out"})
    .SetInplaceMap({{"x", "x_out"}})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
