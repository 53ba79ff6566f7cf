// The functions are in a namespace; the op is registered outside of it.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

namespace ops {

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::experimental::scale(x, 2, 1)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

}  // namespace ops

PD_BUILD_OP(in_namespace_legal)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(ops::Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(ops::InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(ops::InferDtype));
