// The one input is a list of tensors, and there is neither InferShape nor InferDtype.
//@ call: parts = [int32[3] 1 2 3, int32[4] 1 2 3 4]
//@ expect: PD013
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const std::vector<paddle::Tensor> &parts) { return {paddle::experimental::scale(parts[1], 2)}; }

PD_BUILD_OP(no_infer_vec).Inputs({paddle::Vec("parts")}).Outputs({"out"}).SetKernelFn(PD_KERNEL(Kernel));
