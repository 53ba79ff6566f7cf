// A template that the kernel chooses from by the dtype.
//@ call as int: x = int32[3] 1 2 3
//@ call as float: x = float32[3] 1 2 3
//@ expect: none
#include "paddle/extension.h"

template <typename T>
void Twice(const paddle::Tensor &x, paddle::Tensor &out) {
  for (int64_t i = 0; i < x.numel(); ++i) out.data<T>()[i] = x.data<T>()[i] * 2;
}

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x) {
  auto out = paddle::empty_like(x);
  switch (x.dtype()) {
    case paddle::DataType::INT32:
      Twice<int>(x, out);
      break;
    case paddle::DataType::FLOAT32:
      Twice<float>(x, out);
      break;
    default:
      PD_THROW("unexpected dtype");
  }
  return {out};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x) { return {x}; }

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x) { return {x}; }

PD_BUILD_OP(form_template)
    .Inputs({"x"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
