// SetInplaceMap comes after Inputs and Outputs; the order of the rest is free.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

void Kernel(paddle::Tensor &x) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
}

PD_BUILD_OP(inplace_order_legal).SetKernelFn(PD_KERNEL(Kernel)).Outputs({"out"}).Inputs({"x"}).SetInplaceMap({{"x", "out"}});
