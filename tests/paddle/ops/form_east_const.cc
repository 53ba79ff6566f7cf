// const comes after the type.
//@ call: x = int32[3] 1 2 3; a = 2
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(paddle::Tensor const &x, int const &a) { return {paddle::experimental::scale(x, a)}; }

std::vector<std::vector<int64_t>> InferShape(std::vector<int64_t> const &x, int const a) { return {x}; }

std::vector<paddle::DataType> InferDtype(paddle::DataType const &x, int const a) { return {x}; }

PD_BUILD_OP(form_east_const)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
