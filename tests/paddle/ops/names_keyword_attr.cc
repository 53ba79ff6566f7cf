// The name of an attribute is a keyword of Python.
//@ call: x = int32[3] 1 2 3; from = 3
//@ expect: PD027
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, int a) { return {paddle::experimental::scale(x, a)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, int a) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(names_keyword_attr)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"from: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
