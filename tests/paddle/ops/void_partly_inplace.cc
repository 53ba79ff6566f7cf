// The kernel returns nothing; one of its outputs is in place and one is not.
//@ call: x = int32[3] 1 2 3; y = float32[4] 1 2 3 4
//@ expect: PD015
#include "paddle/extension.h"

void Kernel(paddle::Tensor &x, const paddle::Tensor &y) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y) { return {y}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y) { return {y}; }

PD_BUILD_OP(void_partly_inplace)
    .Inputs({"x", "y"})
    .Outputs({"x_out", "out"})
    .SetInplaceMap({{"x", "x_out"}})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
