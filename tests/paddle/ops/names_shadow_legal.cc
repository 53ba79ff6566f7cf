// The names of inputs and attributes are those of variables of the wrapper, but of such as get their value later.
//@ call: value = int32[3] 1 2 3; key = int32[3] 4 5 6; res = 3
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &value, const paddle::Tensor &key, int res) {
  return {paddle::experimental::scale(paddle::add(value, key), res)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &value, const std::vector<int64_t> &key, int res) {
  return {value};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &value, const paddle::DataType &key, int res) { return {value}; }

PD_BUILD_OP(names_shadow_legal)
    .Inputs({"value", "key"})
    .Outputs({"out"})
    .Attrs({"res: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
