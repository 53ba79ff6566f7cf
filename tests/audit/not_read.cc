// What cannot be read is said, and nothing is guessed from it.
#include "paddle/extension.h"

// A list that some function makes.
PD_BUILD_OP(made_inputs)
    .Inputs(MakeNames("x", 3))
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Somewhere));

// A lambda has no name.
PD_BUILD_OP(lambda_kernel)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(([](const paddle::Tensor& x) { return std::vector<paddle::Tensor>{x}; })));

// A type that nobody knows: what is behind it receives something that cannot be told.
std::vector<paddle::Tensor> Strange(const paddle::Tensor& x, const mine::Options& options, int n) { return {x}; }

PD_BUILD_OP(strange)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"n: float"})
    .SetKernelFn(PD_KERNEL(Strange));

// An InferShape that depends on what is not followed: how many it returns is known, their sizes are not.
std::vector<paddle::Tensor> Split(const paddle::Tensor& x, int n) { return paddle::split(x, n); }

std::vector<std::vector<int64_t>> SplitInferShape(const std::vector<int64_t>& x_shape, int n) {
  std::vector<int64_t> part = x_shape;
  for (int i = 0; i < n; ++i) {
    part[0] = Next(part[0]);
  }
  if (n > 4) {
    return {x_shape, x_shape};
  }
  return {part, {x_shape[1] % 3, Count(n)}};
}

std::vector<paddle::DataType> SplitInferDtype(const paddle::DataType& x_dtype) { return {x_dtype, x_dtype}; }

PD_BUILD_OP(split_rows)
    .Inputs({"x"})
    .Outputs({"first", "second"})
    .Attrs({"n: int"})
    .SetKernelFn(PD_KERNEL(Split))
    .SetInferShapeFn(PD_INFER_SHAPE(SplitInferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(SplitInferDtype));

// The text ends within a registration.
PD_BUILD_OP(cut).Inputs({"x",
