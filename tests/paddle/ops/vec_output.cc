// An output is a list of tensors and not in place.
//@ call: x = int32[3] 1 2 3
//@ expect: PD029
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) {
  return {paddle::experimental::scale(x, 2), paddle::experimental::scale(x, 3)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x, x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x, x}; }

PD_BUILD_OP(vec_output)
    .Inputs({"x"})
    .Outputs({paddle::Vec("outs")})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
