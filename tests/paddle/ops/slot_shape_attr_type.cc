// The only attribute that InferShape takes is named after the second and receives the first, which is of another type.
//@ call: x = int32[3] 1 2 3; scale = 2.0; extra = 0
//@ expect: PD004
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, float scale, int extra) {
  return {paddle::experimental::scale(x, scale, extra)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, int extra) { return {{x[0] + extra}}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(slot_shape_attr_type)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"scale: float", "extra: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
