// InferShape passes on a size that is not known, -1.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) {
  return {paddle::full({6}, 1, paddle::DataType::INT32, paddle::CPUPlace())};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {{-1}}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(form_dynamic)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
