// What every host file of the tests includes: a run of the kernel `plain::twice` in pieces, of which a violation gets
// one wrong.
#pragma once
#include <vector>

#include "xpu/plugin.h"

namespace plain {
__attribute__((global)) void twice(const int* x, int* y, int n);
}

namespace cases {

namespace api = baidu::xpu::api;
constexpr int N = 100;

/// Two buffers, of which the first is filled, and a stream.
struct Fixture {
  api::Context ctx{api::kXPU3};
  std::vector<int> host = std::vector<int>(N, 7);
  int *x = nullptr, *y = nullptr;
  Fixture() {
    xpu_malloc(reinterpret_cast<void**>(&x), N * sizeof(int));
    xpu_malloc(reinterpret_cast<void**>(&y), N * sizeof(int));
    xpu_memcpy(x, host.data(), N * sizeof(int), XPU_HOST_TO_DEVICE);
  }
  int launch(const int* from, int* to, int clusters = 4, int cores = 16) {
    return plain::twice<<<clusters, cores, ctx.xpu_stream>>>(from, to, N);
  }
  int wait() { return xpu_wait(ctx.xpu_stream); }
  int result() { return xpu_memcpy(host.data(), y, N * sizeof(int), XPU_DEVICE_TO_HOST); }
  void release() {
    xpu_free(x);
    xpu_free(y);
  }
};

// --- a wrapper of two launches, with workspace between ---

inline int cpu_wrapper(api::Context*, const int* x, int* y, int n) {
  for (int i = 0; i < n; i++) y[i] = 4 * x[i];
  return api::SUCCESS;
}

typedef int Xpu3(api::Context*, const int*, int*, int);

inline int four_times(api::Context* ctx, const int* x, int* y, int n, Xpu3* xpu3_wrapper) {
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

inline int run(Xpu3* xpu3_wrapper) {
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

}  // namespace cases
