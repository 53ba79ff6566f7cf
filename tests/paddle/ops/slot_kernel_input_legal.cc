// The kernel has the inputs in the order of the declaration.
//@ call: x = int32[3] 10 20 30; y = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &y) { return {paddle::subtract(x, y)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y) { return {x}; }

PD_BUILD_OP(slot_kernel_input_legal)
    .Inputs({"x", "y"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
