// The kernel takes the input that it writes into as constant.
//@ call: x = int32[3] 1 2 3 after
//@ expect: none
#include "paddle/extension.h"

void Kernel(const paddle::Tensor &x) {
  int *data = const_cast<int *>(x.data<int>());
  for (int64_t i = 0; i < x.numel(); ++i) data[i] += 100;
}

PD_BUILD_OP(form_inplace_const).Inputs({"x"}).Outputs({"x_out"}).SetInplaceMap({{"x", "x_out"}}).SetKernelFn(PD_KERNEL(Kernel));
