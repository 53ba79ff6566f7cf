// std::vector<double> is no type of an attribute.
//@ call: x = int32[3] 1 2 3; a = [1.0]
//@ expect: PD021
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::experimental::scale(x, 2, 1)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(attr_unsupported_vector_double)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: std::vector<double>"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
