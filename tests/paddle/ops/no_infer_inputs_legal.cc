// There is no input, but InferShape and InferDtype.
//@ call: a = 3
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(int a) { return {paddle::full({2}, a, paddle::DataType::INT32, paddle::CPUPlace())}; }

std::vector<std::vector<int64_t>> InferShape(int a) { return {{2}}; }

std::vector<paddle::DataType> InferDtype(int a) { return {paddle::DataType::INT32}; }

PD_BUILD_OP(no_infer_inputs_legal)
    .Inputs({})
    .Outputs({"out"})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
