// Optional inputs may be taken as optional by the kernel and the infer functions.
//@ call as none: x = int32[3] 1 2 3; y = None; parts = None
//@ call as given: x = int32[3] 1 2 3; y = int32[3] 4 5 6; parts = [int32[3] 1 1 1, int32[3] 2 2 2]
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::optional<paddle::Tensor> &y,
                                   const paddle::optional<std::vector<paddle::Tensor>> &parts) {
  auto out = y ? paddle::add(x, *y) : paddle::experimental::scale(x, 1);
  if (parts) out = paddle::add(out, parts->back());
  return {out};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const paddle::optional<std::vector<int64_t>> &y,
                                             const paddle::optional<std::vector<std::vector<int64_t>>> &parts) {
  if (parts) return {parts.get()[0]};
  return {y ? y.get() : x};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::optional<paddle::DataType> &y,
                                         const paddle::optional<std::vector<paddle::DataType>> &parts) {
  if (parts) return {parts.get()[0]};
  return {y ? y.get() : x};
}

PD_BUILD_OP(form_optional)
    .Inputs({"x", paddle::Optional("y"), paddle::Optional(paddle::Vec("parts"))})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
