// An optional input was put before the last one; InferDtype does not have it, so that what it calls seq_len is the dtype of draft.
//@ call as none: ids = int64[2,6] arange; draft = None; seq_len = int32[4] 1 2 3 4
//@ call as given: ids = int64[2,6] arange; draft = int64[2,3] arange; seq_len = int32[4] 1 2 3 4
//@ expect: PD001, PD009
#include "paddle/extension.h"

std::vector<paddle::Tensor> Kernel(const paddle::Tensor &ids, const paddle::optional<paddle::Tensor> &draft,
                                   const paddle::Tensor &seq_len) {
  return {paddle::experimental::scale(seq_len, 2, draft ? 1 : 0)};
}

std::vector<std::vector<int64_t>> InferShape(const std::vector<int64_t> &ids, const std::vector<int64_t> &draft,
                                             const std::vector<int64_t> &seq_len) {
  return {seq_len};
}

std::vector<paddle::DataType> InferDtype(const paddle::DataType &ids, const paddle::DataType &seq_len) { return {seq_len}; }

PD_BUILD_OP(slot_optional_dtype)
    .Inputs({"ids", paddle::Optional("draft"), "seq_len"})
    .Outputs({"out"})
    .SetKernelFn(PD_KERNEL(Kernel))
    .SetInferShapeFn(PD_INFER_SHAPE(InferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(InferDtype));
