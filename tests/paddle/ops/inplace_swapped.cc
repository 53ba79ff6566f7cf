// SetInplaceMap maps the output to the input.
//@ call: x = int32[3] 1 2 3
//@ expect: PD024
#include "paddle/extension.h"

void Kernel(paddle::Tensor &x) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
}

PD_BUILD_OP(inplace_swapped).Inputs({"x"}).Outputs({"out"}).SetInplaceMap({{"out", "x"}}).SetKernelFn(PD_KERNEL(Kernel));
