// Two lists of tensors among other inputs.
//@ call: xs = [int32[2] 1 2, int32[2] 3 4]; y = int32[2] 5 6; zs = [int32[3] 1 2 3]
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const std::vector<paddle::Tensor> &xs, const paddle::Tensor &y,
                                   const std::vector<paddle::Tensor> &zs) {
  return {paddle::add(xs[1], y), paddle::experimental::scale(zs[0], 2)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<std::vector<int64_t>> &xs, const std::vector<int64_t> &y,
                                             const std::vector<std::vector<int64_t>> &zs) {
  return {y, zs[0]};
}

std::vector<paddle::DataType> InferDtype(const std::vector<paddle::DataType> &xs, const paddle::DataType &y,
                                         const std::vector<paddle::DataType> &zs) {
  return {y, zs[0]};
}

PD_BUILD_OP(form_vec_inputs)
    .Inputs({paddle::Vec("xs"), "y", paddle::Vec("zs")})
    .Outputs({"out", "other"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
