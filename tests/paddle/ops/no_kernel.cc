// There is no SetKernelFn.
//@ call: x = int32[3] 1 2 3
//@ expect: PD019
#include "paddle/extension.h"

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(no_kernel)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
