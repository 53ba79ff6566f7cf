// A std::vector<int> attribute is taken as std::vector<float> by InferShape.
//@ call: x = int32[3] 1 2 3; a = [1, 2]
//@ expect: PD004
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const std::vector<int> &a) {
  return {paddle::experimental::scale(x, static_cast<int>(a.size()))};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<float> &a) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(attr_type_vector)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: std::vector<int>"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
