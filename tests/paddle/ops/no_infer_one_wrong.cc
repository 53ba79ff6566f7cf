// There is one input and one output, of another shape and dtype, and neither InferShape nor InferDtype.
//@ call: x = int32[3] 1 2 3
//@ expect: none
//@ unseen: the default is not what the kernel makes
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) {
  return {paddle::full({5}, 1, paddle::DataType::FLOAT32, paddle::CPUPlace())};
}

PD_BUILD_OP(no_infer_one_wrong).Inputs({"x"}).Outputs({"out"}).SetKernelFn(PD_KERNEL(Kernel));
