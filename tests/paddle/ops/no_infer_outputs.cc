// There are two outputs, and neither InferShape nor InferDtype.
//@ call: x = int32[3] 1 2 3
//@ expect: PD013
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) {
  return {paddle::experimental::scale(x, 2), paddle::experimental::scale(paddle::add(x, x), 5)};
}

PD_BUILD_OP(no_infer_outputs).Inputs({"x"}).Outputs({"twice", "tenfold"}).SetKernelFn(PD_KERNEL(Kernel));
