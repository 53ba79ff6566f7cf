// Functions that ops of other files name.
#pragma once
#include "paddle/extension.h"

inline std::vector<paddle::Tensor> BinaryKernel(const paddle::Tensor& x, const paddle::Tensor& y) {
  return {paddle::add(x, y)};
}

inline std::vector<std::vector<int64_t>> BinaryInferShape(const std::vector<int64_t>& x_shape,
                                                          const std::vector<int64_t>& y_shape,
                                                          const std::vector<int64_t>& mask_shape) {
  return {x_shape};
}

// A macro of another file that registers an op.
#define REGISTER_BINARY(name, fn) \
  PD_BUILD_OP(name)               \
      .Inputs({"x", "y"})         \
      .Outputs({"out"})           \
      .SetKernelFn(PD_KERNEL(fn))
