// There are two inputs and no InferShape.
//@ call: x = int32[3] 1 2 3; y = int32[3] 4 5 6
//@ expect: PD013
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &y) { return {paddle::add(x, y)}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y) { return {x}; }

PD_BUILD_OP(no_infer_shape)
    .Inputs({"x", "y"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
