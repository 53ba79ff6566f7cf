// Two attributes have one name.
//@ call: x = int32[3] 1 2 3; a = 3
//@ expect: PD026
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, int a, int b) { return {paddle::experimental::scale(x, a, b)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, int a, int b) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, int a, int b) { return {x}; }

PD_BUILD_OP(duplicate_attrs)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: int", "a: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
