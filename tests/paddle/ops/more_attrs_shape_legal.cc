// InferShape takes every attribute.
//@ call: x = int32[3] 1 2 3; a = 3; b = 0
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, int a, int b) { return {paddle::experimental::scale(x, a, b)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, int a, int b) { return {{x[0] + b}}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(more_attrs_shape_legal)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: int", "b: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
