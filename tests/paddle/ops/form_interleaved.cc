// Parameters of different kinds may be in any order; only the order within a kind counts.
//@ call: x = int32[3] 1 2 3; parts = [int32[2] 1 2, int32[2] 3 4]; y = int32[2] 5 6; a = 2; b = True; s = "abc"
//@ expect: none
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(int a, const paddle::Tensor &x, bool b, const std::vector<paddle::Tensor> &parts,
                                   const std::string &s, const paddle::Tensor &y) {
  return {paddle::experimental::scale(paddle::add(parts[1], y), a, b ? static_cast<int>(s.size()) : 0)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<std::vector<int64_t>> &parts, int a, const std::vector<int64_t> &x,
                                             bool b, const std::vector<int64_t> &y) {
  return {{b ? y[0] : x[0] + a}};
}

std::vector<paddle::DataType> InferDtype(int a, bool b, const std::vector<paddle::DataType> &parts, const paddle::DataType &x,
                                         const paddle::DataType &y) {
  return {b ? parts[0] : y};
}

PD_BUILD_OP(form_interleaved)
    .Inputs({"x", paddle::Vec("parts"), "y"})
    .Outputs({"out"})
    .Attrs({"a: int", "b: bool", "s: std::string"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
