// The kernel has the attributes in the order of the declaration.
//@ call: x = int32[3] 1 2 3; factor = 10; offset = 1
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, int factor, int offset) {
  return {paddle::experimental::scale(x, factor, offset)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(slot_kernel_attr_legal)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"factor: int", "offset: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
