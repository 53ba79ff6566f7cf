// The kernel and InferShape are instances of templates.
//@ call: x = int32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

template <int Factor>
std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) {
  return {paddle::experimental::scale(x, Factor)};
}

template <int Extra>
std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) {
  return {{x[0] + Extra}};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(form_template_function)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel<3>))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape<0>))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
