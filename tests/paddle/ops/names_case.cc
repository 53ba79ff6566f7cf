// Two inputs have names that differ in case.
//@ call: x = int32[3] 1 2 3; X = int32[3] 4 5 6
//@ expect: PD027
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &X, const paddle::Tensor &x) { return {paddle::add(X, x)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y) { return {x}; }

PD_BUILD_OP(names_case)
    .Inputs({"X", "x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
