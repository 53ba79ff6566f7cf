// InferShape takes the std::vector<int64_t> attribute where there is another input: it receives the shape of that.
//@ call: x = int32[3] 1 2 3; y = int32[6] arange; sizes = [4]
//@ expect: PD001
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &y, const std::vector<int64_t> &sizes) {
  return {paddle::full({sizes[0]}, 1, paddle::DataType::INT32, paddle::CPUPlace())};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &sizes) { return {sizes}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(vector_as_other_shape)
    .Inputs({"x", "y"})
    .Outputs({"out"})
    .Attrs({"sizes: std::vector<int64_t>"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
