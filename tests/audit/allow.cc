// Suppressions: with a reason, without, of nothing, of a whole op.
#include "paddle/extension.h"

std::vector<paddle::Tensor> Both(const paddle::Tensor& x, const paddle::Tensor& y) { return {paddle::add(x, y)}; }

std::vector<std::vector<int64_t>> BothInferShape(const std::vector<int64_t>& x_shape) { return {x_shape, x_shape}; }

// Suppressed as a whole: no InferDtype, and one shape too many.
// xpuc: allow(PD013, PD011, PD008) served in eager mode only
PD_BUILD_OP(allowed)
    .Inputs({"x", "y"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Both))
    .SetInferShapeFn(PD_INFER_SHAPE(BothInferShape));

PD_BUILD_OP(not_allowed)
    .Inputs({"x", "y"})
    .Outputs({"out"})
    .Attrs({"scale: double",  // xpuc: allow(PD022)
            "bias: double",   // xpuc: allow(double-attribute): the graph is never static
            "n: int"})        // xpuc: allow(PD022) there is no double here
    .SetKernelFn(PD_KERNEL(Both));

// xpuc: allow(PD999) no such code
PD_BUILD_OP(unknown_code).Inputs({"x"}).Outputs({"out"}).SetKernelFn(PD_KERNEL(Both));
