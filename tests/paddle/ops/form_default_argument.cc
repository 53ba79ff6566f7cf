// A parameter has a default, which Paddle does not see.
//@ call: x = int32[3] 1 2 3; a = 2
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, int a = 7) { return {paddle::experimental::scale(x, a)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, int a = 7) { return {{x[0] + a - 2}}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, int a = 7) { return {x}; }

PD_BUILD_OP(form_default_argument)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
