// InferDtype takes both attributes in the order in which they are declared.
//@ call: x = int32[3] 1 2 3; axis = 1; wide = 0
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, int axis, int wide) {
  return {paddle::full({3}, axis, wide ? paddle::DataType::INT64 : paddle::DataType::INT32, paddle::CPUPlace())};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {{3}}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, int axis, int wide) {
  return {wide ? paddle::DataType::INT64 : paddle::DataType::INT32};
}

PD_BUILD_OP(slot_dtype_attr_legal)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"axis: int", "wide: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
