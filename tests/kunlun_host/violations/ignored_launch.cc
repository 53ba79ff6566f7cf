//@ kind: ignored-failure
//@ fail: 6
// A launch fails, and its result is used all the same.
#include "cases.h"

namespace ignored_launch {

namespace api = cases::api;

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

int bad() { return cases::run(xpu3_wrapper_bad); }

int good() { return cases::run(xpu3_wrapper_good); }

}  // namespace ignored_launch
