// Legal ops that the audit once took for wrong: values that change unseen, checks that end a function, conditions that
// exclude each other, names that only look alike, lambdas, local types, copies of lists.
#include "paddle/extension.h"

using Shape = std::vector<int64_t>;
using Shapes = std::vector<std::vector<int64_t>>;
using Tensors = std::vector<paddle::Tensor>;

// What a call, a reference, a lambda or an algorithm does to a list is not known, and not guessed.
Shapes ByCall(const Shape& x_shape) {
  Shapes out;
  AddShape(x_shape, &out);
  return out;
}
Shapes ByReference(const Shape& x_shape) {
  Shapes out;
  auto& same = out;
  same.push_back(x_shape);
  return out;
}
Shapes ByLambda(const Shape& x_shape) {
  Shapes out;
  auto push = [&](const Shape& shape) { out.push_back(shape); };
  push(x_shape);
  return out;
}
Shapes ByAssignment(const Shape& x_shape) {
  Shape out = x_shape;
  out.back() = 7;
  for (auto& size : out) size *= 2;
  int64_t n = x_shape[0];
  {
    int64_t n = 5;
    Use(n);
  }
  return {out};
}

// Behind a check that fails nothing is returned.
Shapes Throws(const Shape& x_shape) {
  if (x_shape.size() == 2) return {{x_shape[0]}};
  PD_THROW("expected a matrix");
  return {};
}

// Braces around a list copy it: these are two types.
std::vector<paddle::DataType> Copied(const paddle::DataType& x_dtype) { return {{x_dtype, x_dtype}}; }
Shapes Two(const Shape& x_shape) { return {x_shape, x_shape}; }

Tensors Kernel(const paddle::Tensor& x) {
  struct Pair {
    std::vector<int> operator()() const { return {1, 2}; }
  };
  return {x};
}
Tensors KernelTwo(const paddle::Tensor& x, bool second) {
  Tensors a(2), b(2);
  return {second ? b : a};
}

#define REGISTER(name, infer)        \
  PD_BUILD_OP(name)                  \
      .Inputs({"x"})                 \
      .Outputs({"out"})              \
      .SetKernelFn(PD_KERNEL(Kernel)) \
      .SetInferShapeFn(PD_INFER_SHAPE(infer))
REGISTER(by_call, ByCall);
REGISTER(by_reference, ByReference);
REGISTER(by_lambda, ByLambda);
REGISTER(by_assignment, ByAssignment);
REGISTER(throws, Throws);

PD_BUILD_OP(two)
    .Inputs({"x"})
    .Outputs({"first", "second"})
    .Attrs({"pick: bool"})
    .SetKernelFn(PD_KERNEL(KernelTwo))
    .SetInferShapeFn(PD_INFER_SHAPE(Two))
    .SetInferDtypeFn(PD_INFER_DTYPE(Copied));

// One of both, never both.
#if VERSION >= 12000
Tensors Versioned(const paddle::Tensor& x) { return {x}; }
#endif
#if VERSION < 12000
Tensors Versioned(paddle::Tensor& x) { return {x}; }
#endif
PD_BUILD_OP(versioned).Inputs({"x"}).Outputs({"out"}).SetKernelFn(PD_KERNEL(Versioned));

// An int is no dimension of the input x, whatever it is called.
Shapes Sized(const Shape& x_shape, int x_dim) { return {{x_shape[0], x_dim}}; }
Tensors SizedKernel(const paddle::Tensor& x, int dim) { return {x}; }
PD_BUILD_OP(sized)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"dim: int"})
    .SetKernelFn(PD_KERNEL(SizedKernel))
    .SetInferShapeFn(PD_INFER_SHAPE(Sized));

// Whether the mask is there is asked in a lambda, and by a check.
Shapes Masked(const Shape& x_shape, const paddle::optional<Shape>& mask_shape) {
  auto rows = [&]() -> int64_t {
    if (mask_shape) return mask_shape.get()[0];
    return x_shape[0];
  }();
  return {{rows}};
}
Shapes Checked(const Shape& x_shape, const paddle::optional<Shape>& mask_shape) {
  PD_CHECK(mask_shape, "the mask is needed");
  return {{mask_shape.get()[0]}};
}
std::vector<paddle::DataType> MaskedDtype(const paddle::DataType& x_dtype) { return {x_dtype}; }
Tensors MaskedKernel(const paddle::Tensor& x, const paddle::optional<paddle::Tensor>& mask) { return {x}; }
#define REGISTER_MASKED(name, infer)                    \
  PD_BUILD_OP(name)                                     \
      .Inputs({"x", paddle::Optional("mask")})          \
      .Outputs({"out"})                                 \
      .SetKernelFn(PD_KERNEL(MaskedKernel))             \
      .SetInferShapeFn(PD_INFER_SHAPE(infer))           \
      .SetInferDtypeFn(PD_INFER_DTYPE(MaskedDtype))
REGISTER_MASKED(masked, Masked);
REGISTER_MASKED(checked, Checked);
