// An op that writes one input in place, and whose infer functions disagree on what that means.
#include "paddle/extension.h"

// Outputs in place come last in neither list: what InferShape returns first is taken for `sum`.
std::vector<paddle::Tensor> Accumulate(paddle::Tensor& total, const paddle::Tensor& x) {
  paddle::Tensor sum = paddle::add(total, x);
  return {total, sum};
}

std::vector<std::vector<int64_t>> AccumulateInferShape(const std::vector<int64_t>& total_shape,
                                                       const std::vector<int64_t>& x_shape) {
  return {total_shape, {x_shape[0], x_shape[1] / 2, std::max(x_shape[0], x_shape[1])}};
}

std::vector<paddle::DataType> AccumulateInferDtype(const paddle::DataType& total_dtype,
                                                   const paddle::DataType& x_dtype) {
  return {x_dtype};
}

PD_BUILD_OP(accumulate)
    .Inputs({"total", "x"})
    .Outputs({"total_out", "sum"})
    .SetInplaceMap({{"total", "total_out"}})
    .SetKernelFn(PD_KERNEL(Accumulate))
    .SetInferShapeFn(PD_INFER_SHAPE(AccumulateInferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(AccumulateInferDtype));
