// Every output is in place, so that InferShape and InferDtype have nothing to return.
//@ call: x = int32[3] 1 2 3; y = int32[2] 1 2
//@ expect: none
#include "paddle/extension.h"

void Kernel(paddle::Tensor &x, paddle::Tensor &y) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
  for (int64_t i = 0; i < y.numel(); ++i) y.data<int>()[i] *= 2;
}

PD_BUILD_OP(no_infer_inplace_legal)
    .Inputs({"x", "y"})
    .Outputs({"x_out", "y_out"})
    .SetInplaceMap({{"x", "x_out"}, {"y", "y_out"}})
    .SetKernelFn(PD_KERNEL(Kernel));
