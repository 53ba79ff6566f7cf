// Every type of attribute, by value; InferDtype cannot take the last one so.
//@ call: x = int32[3] 1 2 3; b = True; i = 2; f = 0.5; l = 3; s = "abcd"; vi = [1, 2]; vf = [0.5, 1.5]; vs = ["a", "bc"]; vl = [4, 5]
//@ expect: PD008
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &x, bool b, int i, float f, int64_t l, std::string s, std::vector<int> vi,
                                   std::vector<float> vf, std::vector<std::string> vs, std::vector<int64_t> vl) {
  auto shape = x.shape();
  int64_t size = shape[0] + (b ? 1 : 0) + i + static_cast<int64_t>(f * 2) + l +
                 static_cast<int64_t>(s.size() + vi.size() + vf.size() + vs.size());
  return {paddle::full({size}, vl[0] * 100 + vl[1] * 10 + vi[1], paddle::DataType::INT32, paddle::CPUPlace())};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &x, bool b, int i, float f, int64_t l, std::string s,
                                             std::vector<int> vi, std::vector<float> vf, std::vector<std::string> vs) {
  return {{x[0] + (b ? 1 : 0) + i + static_cast<int64_t>(f * 2) + l +
           static_cast<int64_t>(s.size() + vi.size() + vf.size() + vs.size())}};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &x, bool b, int i, float f, int64_t l, std::string s,
                                         std::vector<int> vi, std::vector<float> vf, std::vector<std::string> vs) {
  return {b && l == 3 && vs.size() == 2 ? x : paddle::DataType::FLOAT32};
}

PD_BUILD_OP(form_attrs_value)
    .Inputs({"x"})
    .Outputs({"out"})
    .Attrs({"b: bool", "i: int", "f: float", "l: int64_t", "s: std::string", "vi: std::vector<int>", "vf: std::vector<float>",
            "vs: std::vector<std::string>", "vl: std::vector<int64_t>"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
