// A std::vector<int64_t> attribute comes before one that InferShape takes.
//@ call: x = int32[3] 1 2 3; sizes = [4, 5]; extra = 2
//@ expect: PD007
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const std::vector<int64_t> &sizes, int extra) {
  return {paddle::full({x.shape()[0] + extra}, sizes[0], paddle::DataType::INT32, paddle::CPUPlace())};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, int extra) { return {{x[0] + extra}}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(vector_before_attr)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"sizes: std::vector<int64_t>", "extra: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
