// The kernel returns one tensor for two outputs.
//@ call: x = int32[3] 1 2 3
//@ expect: PD014
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) {
  paddle::Tensor out = paddle::experimental::scale(x, 2, 1);
  return {out};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x, x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x, x}; }

PD_BUILD_OP(kernel_returns_few)
    .Inputs({"x"})
    .Outputs({"twice", "tenfold"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
