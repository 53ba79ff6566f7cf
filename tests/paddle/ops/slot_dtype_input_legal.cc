// InferDtype takes the dtype of every input, used or not.
//@ call: x = int32[4] 1 2 3 4; y = int64[4] 1 2 3 4; z = float32[4] 1 2 3 4
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &y, const paddle::Tensor &z) {
  return {paddle::experimental::scale(z, 2, 1)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y,
                                             const std::vector<int64_t> &z) {
  return {z};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y, const paddle::DataType &z) {
  return {z};
}

PD_BUILD_OP(slot_dtype_input_legal)
    .Inputs({"x", "y", "z"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
