// An op without outputs.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

void Kernel(const paddle::Tensor &x) {}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {}; }

PD_BUILD_OP(form_no_outputs)
    .Inputs({"x"})
    .Outputs({})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
