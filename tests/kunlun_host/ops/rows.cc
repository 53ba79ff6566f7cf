// An op as it has to be: `violations.toml` has its mistakes. In place: y = 2 * x, total = the sum of y; result: tail.
#include <paddle/phi/backends/xpu/xpu_context.h>

#include <memory>
#include <vector>

#include "paddle/extension.h"
#include "xpu/plugin.h"

namespace api = baidu::xpu::api;

namespace plain {
__attribute__((global)) void twice(const int* x, int* y, int n);
}

namespace rows {

static int twice(api::Context* ctx, const int* x, int* y, int n) {
  WRAPPER_CHECK_CTX(ctx);
  if (ctx->dev().type() == api::kCPU) {
    for (int i = 0; i < n; i++) y[i] = 2 * x[i];
    return api::SUCCESS;
  }
  int32_t ret_xre = plain::twice<<<12, 64, ctx->xpu_stream>>>(x, y, n);
  KERNEL_ASSERT_SUCCESS(ctx, ret_xre);
  return api::SUCCESS;
}

}  // namespace rows

std::vector<paddle::Tensor> Rows(const paddle::Tensor& x,
                                 const paddle::Tensor& limits,
                                 paddle::Tensor& y,
                                 paddle::Tensor& total,
                                 int scale) {
  std::unique_ptr<api::Context> cpu_ctx;
  api::Context* ctx = nullptr;
  if (x.is_cpu()) {
    cpu_ctx.reset(new api::Context(api::kCPU));
    ctx = cpu_ctx.get();
  } else {
    auto* dev_ctx = paddle::experimental::DeviceContextPool::Instance().Get(x.place());
    ctx = static_cast<const phi::XPUContext*>(dev_ctx)->x_context();
  }
  const int n = static_cast<int>(x.shape()[0]);
  int ret = rows::twice(ctx, x.data<int>(), y.data<int>(), n);
  PD_CHECK(ret == api::SUCCESS, "rows: twice failed with code ", ret);
  std::vector<int> host(n);
  if (ctx->dev().type() != api::kCPU) {
    ret = xpu_wait(ctx->xpu_stream);
    PD_CHECK(ret == XPU_SUCCESS, "rows: xpu_wait failed with code ", ret);
  }
  ret = api::do_device2host(ctx, y.data<int>(), host.data(), n * sizeof(int));
  PD_CHECK(ret == api::SUCCESS, "rows: do_device2host failed with code ", ret);
  paddle::Tensor tail = paddle::empty({n}, paddle::DataType::INT32, x.place());
  ret = api::constant<int>(ctx, tail.data<int>(), n, scale);
  PD_CHECK(ret == api::SUCCESS, "rows: constant failed with code ", ret);
  int sum = 0;
  for (int i = 0; i < n; i++) {
    PD_CHECK(host[i] <= limits.data<int>()[i], "limits: too small");
    sum += host[i];
  }
  total.data<int>()[0] = sum;
  return {tail};
}

std::vector<std::vector<int64_t>> RowsInferShape(const std::vector<int64_t>& x_shape) { return {x_shape}; }

std::vector<paddle::DataType> RowsInferDtype(const paddle::DataType& x_dtype) { return {x_dtype}; }

PD_BUILD_OP(rows)
    .Inputs({"x", "limits", "y", "total"})
    .Outputs({"tail", "y_out", "total_out"})
    .SetInplaceMap({{"y", "y_out"}, {"total", "total_out"}})
    .Attrs({"scale: int"})
    .SetKernelFn(PD_KERNEL(Rows))
    .SetInferShapeFn(PD_INFER_SHAPE(RowsInferShape))
    .SetInferDtypeFn(PD_INFER_DTYPE(RowsInferDtype));
