// InferShape and InferDtype return two for one output, and the first is not what belongs to it.
//@ call: x = int32[3] 1 2 3
//@ expect: PD011
//@ unseen: the first result is that of another output
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::experimental::scale(x, 2, 1)}; }

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {{7}, x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {paddle::DataType::INT64, x}; }

PD_BUILD_OP(too_many_both)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
