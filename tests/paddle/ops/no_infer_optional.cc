// The one input is optional, and there is neither InferShape nor InferDtype.
//@ call as none: x = None
//@ call as given: x = int32[3] 1 2 3
//@ expect: PD013
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::optional<paddle::Tensor> &x) {
  return {x ? paddle::experimental::scale(*x, 2) : paddle::full({2}, 1, paddle::DataType::INT32, paddle::CPUPlace())};
}

PD_BUILD_OP(no_infer_optional).Inputs({paddle::Optional("x")}).Outputs({"out"}).SetKernelFn(PD_KERNEL(Kernel));
