// The kernel takes pointers to more outputs than there are.
//@ call: x = int32[3] 1 2 3
//@ expect: PD006, PD018
#include "paddle/extension.h"

void Kernel(const paddle::Tensor &x, paddle::Tensor *out, paddle::Tensor *other) {
  *out = paddle::experimental::scale(x, 2);
  *other = paddle::experimental::scale(x, 3);
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(pointers_more)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
