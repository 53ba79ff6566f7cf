// InferShape and InferDtype use variables, conditions and functions of their own.
//@ call: x = int32[2,3] arange; y = int32[4,3] arange; a = 2
//@ expect: none
#include <algorithm>
#include <functional>
#include <numeric>

#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, const paddle::Tensor &y, int a) {
  return {paddle::full({4 + a, 3}, a, paddle::DataType::INT32, paddle::CPUPlace()),
          paddle::full({6}, 1, paddle::DataType::INT64, paddle::CPUPlace())};
}

static int64_t Product(const std::vector<int64_t> &shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<int64_t>());
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, const std::vector<int64_t> &y, int a) {
  const int64_t rows = std::max(x[0], y[0]) + a;
  std::vector<int64_t> first{rows, x[1]};
  std::vector<int64_t> second = {Product(x)};
  if (a < 0) {
    first[0] = -1;
    return {first, second};
  }
  std::vector<std::vector<int64_t>> shapes;
  shapes.push_back(first);
  shapes.emplace_back(second);
  return shapes;
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, const paddle::DataType &y, int a) {
  auto first = x == y ? x : paddle::DataType::FLOAT32;
  return {first, paddle::DataType::INT64};
}

PD_BUILD_OP(form_locals)
    .Inputs({"x", "y"})
    .Outputs({"out", "count"})
    .Attrs({"a: int"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
