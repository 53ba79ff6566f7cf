// The kernel has two attributes of one type in another order than the declaration: wrong values in every mode.
//@ call: x = int32[3] 1 2 3; factor = 10; offset = 1
//@ expect: PD001
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, int offset, int factor) {
  return {paddle::experimental::scale(x, factor, offset)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(slot_kernel_attr)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"factor: int", "offset: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
