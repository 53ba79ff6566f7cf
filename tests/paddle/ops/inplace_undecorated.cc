// SetInplaceMap names a list of tensors without Vec.
//@ call: parts = [int32[3] 1 2 3, int32[2] 4 5]
//@ expect: PD024
#include "paddle/extension.h"

void Kernel(std::vector<paddle::Tensor> &parts) {
  for (auto &part : parts) {
    for (int64_t i = 0; i < part.numel(); ++i) part.data<int>()[i] += 100;
  }
}

PD_BUILD_OP(inplace_undecorated)
    .Inputs({paddle::Vec("parts")})
    .Outputs({paddle::Vec("outs")})
    .SetInplaceMap({{"parts", "outs"}})
    .SetKernelFn(PD_KERNEL(Kernel));
