// The kernel returns only the output that is not in place.
//@ call: x = int32[3] 1 2 3; y = float32[4] 1 2 3 4
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(paddle::Tensor &x, const paddle::Tensor &y) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
  return {paddle::experimental::scale(y, 2)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y) { return {y}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y) { return {y}; }

PD_BUILD_OP(form_inplace_return_plain)
    .Inputs({"x", "y"})
    .Outputs({"x_out", "out"})
    .SetInplaceMap({{"x", "x_out"}})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
