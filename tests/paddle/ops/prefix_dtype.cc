// InferDtype takes the first input and no attribute.
//@ call: x = int32[3] 1 2 3; y = int32[4] 1 2 3 4; a = 2; b = 5
//@ expect: PD008
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &y, int a, int b) {
  return {paddle::experimental::scale(x, a, b)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y, int a, int b) {
  return {x};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(prefix_dtype)
    .Inputs({"x", "y"})
    .Outputs({"out"})
    .Attrs({"a: int", "b: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
