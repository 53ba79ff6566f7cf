// The kernel only writes into its input, and no output is declared.
//@ call: x = int32[3] 1 2 3 after
//@ expect: PD016
#include "paddle/extension.h"

void Kernel(paddle::Tensor &x) {
  for (int64_t i = 0; i < x.numel(); ++i) x.data<int>()[i] += 100;
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {}; }

PD_BUILD_OP(mutated_no_outputs)
    .Inputs({"x"})
    .Outputs({})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
