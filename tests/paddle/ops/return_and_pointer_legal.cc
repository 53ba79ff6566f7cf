// The kernel returns nothing and takes a pointer to its output.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

void Kernel(const paddle::Tensor &x, paddle::Tensor *out) {
  out->reshape(x.shape());
  int *data = out->mutable_data<int>(x.place());
  for (int64_t i = 0; i < x.numel(); ++i) data[i] = x.data<int>()[i] * 2;
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(return_and_pointer_legal)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
