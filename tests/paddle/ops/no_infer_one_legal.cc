// There is one input and one output: without InferShape and InferDtype one is like the other.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) { return {paddle::experimental::scale(x, 2, 1)}; }

PD_BUILD_OP(no_infer_one_legal).Inputs({"x"}).Outputs({"out"}).SetKernelFn(PD_KERNEL(Kernel));
