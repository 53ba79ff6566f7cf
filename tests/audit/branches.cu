// Branches of the preprocessor in a chain, in a parameter list and in a body; launches of kernels; macros that register.
#include "paddle/extension.h"
#include "inputs/elsewhere.h"

#ifndef PD_BUILD_STATIC_OP
#define PD_BUILD_STATIC_OP(name) PD_BUILD_OP(static_op_##name)
#endif
#define ELEMENTWISE(name, fn)             \
  PD_BUILD_OP(name)                       \
      .Inputs({"x", "y"})                 \
      .Outputs({"out"})                   \
      .SetKernelFn(PD_KERNEL(fn))         \
      .SetInferShapeFn(PD_INFER_SHAPE(BinaryInferShape))
#define ROWS "rows: int"

template <typename T>
__global__ void __launch_bounds__(256) Double(const T* __restrict__ x, T* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = x[i] << 1 >> 0;
}

std::vector<paddle::Tensor> Twice(const paddle::Tensor& x,
#ifdef WITH_ROWS
                                  int rows,
#endif
                                  float scale) {
  paddle::Tensor out = paddle::empty_like(x);
  Double<int><<<(x.numel() + 255) / 256, 256, 0, x.stream()>>>(x.data<int>(), out.data<int>(), x.numel());
  return {out};
}

std::vector<std::vector<int64_t>> TwiceInferShape(const std::vector<int64_t>& x_shape) {
#if defined(WITH_ROWS)
  return {x_shape};
#else
  return {x_shape, x_shape};  // one more than there are outputs
#endif
}

std::vector<paddle::DataType> TwiceInferDtype(const paddle::DataType& x_dtype) { return {x_dtype}; }

PD_BUILD_STATIC_OP(twice)
    .Inputs({"x"})
    .Outputs({"out"})  // a comment with ; and ) in it
#ifdef WITH_ROWS
    .Attrs({ROWS, "scale: float"})
#else
    .Attrs({"scale: float"})
#endif
    .SetKernelFn(PD_KERNEL(Twice))
    .SetInferShapeFn(PD_INFER_SHAPE(TwiceInferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(TwiceInferDtype));

// Defined in a header, which has two shapes; the macro sets no InferDtype.
ELEMENTWISE(add_rows, BinaryKernel);

#if 0
PD_BUILD_OP(never).Inputs({"x"});
#endif
// PD_BUILD_OP(commented).Inputs({"x"});
