// The kernel writes into a constant input, by a cast.
//@ call: x = int32[3] 1 2 3 after
//@ expect: PD016
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) {
  int *data = const_cast<int *>(x.data<int>());
  for (int64_t i = 0; i < x.numel(); ++i) data[i] += 100;
  return {paddle::experimental::scale(x, 2)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(mutated_input_const)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
