// InferShape indexes the shapes of an optional list of tensors, which is empty if there is none.
//@ call as none: x = int32[3] 1 2 3; masks = None
//@ call as given: x = int32[3] 1 2 3; masks = [int32[3] 1 1 1]
//@ expect: PD009
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::optional<std::vector<paddle::Tensor>> &masks) {
  return {paddle::experimental::scale(x, 2, masks ? static_cast<int>(masks->size()) : 0)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<std::vector<int64_t>> &masks) {
  return {{masks[0][0]}};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(optional_unchecked_vec)
    .Inputs({"x", paddle::Optional(paddle::Vec("masks"))})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
