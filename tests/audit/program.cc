// Held against a program: other sizes, another type, a buffer in place that is none, an attribute that is not there.
//@ program: audit/inputs/scaled.mlir
#include "paddle/extension.h"

std::vector<paddle::Tensor> Scaled(const paddle::Tensor& x, paddle::Tensor& count, int k) {
  paddle::Tensor y = paddle::experimental::scale(x, k);
  return {y, count};
}

std::vector<std::vector<int64_t>> ScaledInferShape(const std::vector<int64_t>& x_shape) {
  return {{x_shape[0] + 1}};
}

std::vector<paddle::DataType> ScaledInferDtype(const paddle::DataType& x_dtype) { return {paddle::DataType::INT64}; }

PD_BUILD_OP(scaled)
    .Inputs({"x", "count"})
    .Outputs({"y", "count_out"})
    .Attrs({"k: int"})
    .SetInplaceMap({{"count", "count_out"}})
    .SetKernelFn(PD_KERNEL(Scaled))
    .SetInferShapeFn(PD_INFER_SHAPE(ScaledInferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(ScaledInferDtype));
