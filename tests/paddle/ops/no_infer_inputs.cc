// There is no input, and neither InferShape nor InferDtype.
//@ call: a = 3
//@ expect: PD013
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(int a) { return {paddle::full({2}, a, paddle::DataType::INT32, paddle::CPUPlace())}; }

PD_BUILD_OP(no_infer_inputs).Inputs({}).Outputs({"out"}).Attrs({"a: int"}).SetKernelFn(PD_KERNEL(Kernel));
