// One output is in place and one is not, and there is neither InferShape nor InferDtype.
//@ call: x = int32[3] 1 2 3; y = float32[4] 1 2 3 4
//@ expect: PD013
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(paddle::Tensor &x, const paddle::Tensor &y) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
  return {x, paddle::experimental::scale(y, 2)};
}

PD_BUILD_OP(no_infer_inplace_partly)
    .Inputs({"x", "y"})
    .Outputs({"x_out", "out"})
    .SetInplaceMap({{"x", "x_out"}})
    .SetKernelFn(PD_KERNEL(Kernel));
