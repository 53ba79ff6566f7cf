// Two ops in one file that share functions.
//@ call form_first: x = int32[3] 1 2 3
//@ call form_second: x = int32[3] 1 2 3; a = 4
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::experimental::scale(x, 2, 1)}; }

std::vector<paddle::Tensor> KernelWithFactor(const paddle::Tensor &x, int a) { return {paddle::experimental::scale(x, a)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

std::vector<std::vector<int64_t>> InferShapeWithFactor(const std::vector<int64_t> &x, int a) { return {x}; }

std::vector<paddle::DataType> InferDtypeWithFactor(const paddle::DataType &x, int a) { return {x}; }

PD_BUILD_OP(form_first)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));

PD_BUILD_OP(form_second)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(KernelWithFactor))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShapeWithFactor))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtypeWithFactor));
