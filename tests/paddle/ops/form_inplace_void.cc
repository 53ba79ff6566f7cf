// The kernel returns nothing; every output is in place, and there is an input that is only read.
//@ call: x = int32[3] 1 2 3 after; y = float32[2] 1 2
//@ expect: none
#include "paddle/extension.h"

void Kernel(paddle::Tensor &x, const paddle::Tensor &y) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
}

PD_BUILD_OP(form_inplace_void).Inputs({"x", "y"}).Outputs({"x_out"}).SetInplaceMap({{"x", "x_out"}}).SetKernelFn(PD_KERNEL(Kernel));
