// The name of an op in place ends in an underscore.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

void Kernel(paddle::Tensor &x) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
}

PD_BUILD_OP(name_underscore_legal_).Inputs({"x"}).Outputs({"out"}).SetInplaceMap({{"x", "out"}}).SetKernelFn(PD_KERNEL(Kernel));
