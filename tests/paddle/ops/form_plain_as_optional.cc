// An input that is not optional may be taken as optional by the kernel and the infer functions.
//@ call: x = int32[3] 1 2 3
//@ expect: PD017
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::optional<paddle::Tensor> &x) { return {paddle::experimental::scale(*x, 2)}; }

std::vector<std::vector<int64_t>> InferShape(const paddle::optional<std::vector<int64_t>> &x) { return {x.get()}; }

std::vector<paddle::DataType> InferDtype(const paddle::optional<paddle::DataType> &x) { return {x.get()}; }

PD_BUILD_OP(form_plain_as_optional)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
