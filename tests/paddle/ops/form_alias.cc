// The types have other names.
//@ call: x = int32[3] 1 2 3; a = 2
//@ expect: none
#include "paddle/extension.h"

using paddle::Tensor;
using Shape = std::vector<int64_t>;
typedef std::vector<std::vector<int64_t>> Shapes;
namespace pd = paddle;

std::vector<Tensor> Kernel(const Tensor &x, std::int32_t a) { return {pd::experimental::scale(x, a)}; }

Shapes InferShape(const Shape &x, std::int32_t a) { return {x}; }

std::vector<pd::DataType> InferDtype(pd::DataType x, std::int32_t a) { return {x}; }

PD_BUILD_OP(form_alias)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
