// Optional and Vec may be put around a name in either order.
//@ call as none: x = int32[3] 1 2 3; parts = None
//@ call as given: x = int32[3] 1 2 3; parts = [int32[3] 1 1 1, int32[3] 2 2 2]
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::optional<std::vector<paddle::Tensor>> &parts) {
  return {parts ? paddle::add(x, parts->back()) : paddle::experimental::scale(x, 1)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x,
                                             const paddle::optional<std::vector<std::vector<int64_t>>> &parts) {
  return {x};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::optional<std::vector<paddle::DataType>> &parts) {
  return {x};
}

PD_BUILD_OP(form_optional_vec_other_order)
    .Inputs({"x", paddle::Vec(paddle::Optional("parts"))})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
