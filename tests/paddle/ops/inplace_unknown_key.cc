// A key of SetInplaceMap is not an input.
//@ call: x = int32[3] 1 2 3
//@ expect: PD024
#include "paddle/extension.h"

void Kernel(paddle::Tensor &x) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
}

PD_BUILD_OP(inplace_unknown_key).Inputs({"x"}).Outputs({"out"}).SetInplaceMap({{"y", "out"}}).SetKernelFn(PD_KERNEL(Kernel));
