//@ kind: ignored-failure
//@ fail: 5
// A launch fails, and its result is used all the same.
#include "cases.h"

namespace fastdeploy {
namespace plugin {
namespace ignored_launch {

static int cpu_wrapper(api::Context*, const int* x, int* y, int n) {
  for (int i = 0; i < n; i++) y[i] = 4 * x[i];
  return api::SUCCESS;
}

static int xpu3_wrapper_bad(api::Context* ctx, const int* x, int* y, int n) {
  api::ctx_guard RAII_GUARD(ctx);
  int* half = RAII_GUARD.alloc<int>(n);
  WRAPPER_ASSERT_NE(ctx, half, nullptr);
  int32_t ret_xre = plain::twice<<<ctx->ncluster(), 64, ctx->xpu_stream>>>(x, half, n);
  ret_xre = plain::twice<<<ctx->ncluster(), 64, ctx->xpu_stream>>>(half, y, n);
  KERNEL_ASSERT_SUCCESS(ctx, ret_xre);
  return api::SUCCESS;
}

static int xpu3_wrapper_good(api::Context* ctx, const int* x, int* y, int n) {
  api::ctx_guard RAII_GUARD(ctx);
  int* half = RAII_GUARD.alloc<int>(n);
  WRAPPER_ASSERT_NE(ctx, half, nullptr);
  int32_t ret_xre = plain::twice<<<ctx->ncluster(), 64, ctx->xpu_stream>>>(x, half, n);
  KERNEL_ASSERT_SUCCESS(ctx, ret_xre);
  ret_xre = plain::twice<<<ctx->ncluster(), 64, ctx->xpu_stream>>>(half, y, n);
  KERNEL_ASSERT_SUCCESS(ctx, ret_xre);
  return api::SUCCESS;
}

typedef int Xpu3(api::Context*, const int*, int*, int);

static int four_times(api::Context* ctx, const int* x, int* y, int n, Xpu3* xpu3_wrapper) {
  WRAPPER_CHECK_CTX(ctx);
  WRAPPER_DUMP_FUNCTION_T1(ctx, "four_times", int);
  WRAPPER_DUMP_PARAM3(ctx, x, y, n);
  WRAPPER_DUMP(ctx);
  WRAPPER_ASSERT_GT(ctx, n, 0);
  WRAPPER_CHECK_PTR(ctx, int, n, x);
  WRAPPER_CHECK_PTR(ctx, int, n, y);
  if (ctx->dev().type() == api::kCPU) {
    return cpu_wrapper(ctx, x, y, n);
  }
  if (ctx->dev().type() == api::kXPU3) {
    return xpu3_wrapper(ctx, x, y, n);
  }
  WRAPPER_UNIMPLEMENTED(ctx);
}

static int run(Xpu3* xpu3_wrapper) {
  const int n = 100;
  std::vector<int> host(n, 3), other(n);
  api::Context cpu(api::kCPU), xpu(api::kXPU3);
  int *x = nullptr, *y = nullptr;
  int code = four_times(&cpu, host.data(), other.data(), n, nullptr);
  if (code == 0) code = xpu_malloc(reinterpret_cast<void**>(&x), n * sizeof(int));
  if (code == 0) code = xpu_malloc(reinterpret_cast<void**>(&y), n * sizeof(int));
  if (code == 0) code = xpu_memcpy(x, host.data(), n * sizeof(int), XPU_HOST_TO_DEVICE);
  if (code == 0) code = four_times(&xpu, x, y, n, xpu3_wrapper);
  int waited = xpu_wait(xpu.xpu_stream);
  // A wait that failed may be tried again.
  if (waited != 0) xpu_wait(xpu.xpu_stream);
  if (code == 0) code = waited;
  if (code == 0) code = xpu_memcpy(host.data(), y, n * sizeof(int), XPU_DEVICE_TO_HOST);
  if (code == 0 && host != other) code = -1;
  xpu_free(x);
  xpu_free(y);
  return code;
}

}  // namespace ignored_launch
}  // namespace plugin
}  // namespace fastdeploy

namespace ignored_launch {

int bad() { return fastdeploy::plugin::ignored_launch::run(fastdeploy::plugin::ignored_launch::xpu3_wrapper_bad); }

int good() { return fastdeploy::plugin::ignored_launch::run(fastdeploy::plugin::ignored_launch::xpu3_wrapper_good); }

}  // namespace ignored_launch
