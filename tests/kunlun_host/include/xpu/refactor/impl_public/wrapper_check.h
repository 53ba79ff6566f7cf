// What every wrapper begins with. Each is a bare block, as where they come from: not to be used before an `else`.
#pragma once
#include "xpu/xdnn.h"

#define WRAPPER_CHECK_CTX(ctx)                                \
  if ((ctx) == nullptr) {                                     \
    return baidu::xpu::api::INVALID_PARAM;                    \
  }                                                           \
  if (baidu::xpu::api::wrapper_fails(ctx, __func__)) {        \
    return baidu::xpu::api::RUNTIME_ERROR;                    \
  }                                                           \
  baidu::xpu::api::StackGuard _internal_stack_guard;

#define KUNLUN_HOST_DUMP(ctx)              \
  {                                        \
    (void)(ctx);                           \
    (void)_internal_stack_guard.dumping;   \
  }
#define WRAPPER_DUMP_FUNCTION_T1(ctx, name, A) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP_FUNCTION_T2(ctx, name, A, B) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP_FUNCTION_T3(ctx, name, A, B, C) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP_PARAM1(ctx, a) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP_PARAM2(ctx, a, b) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP_PARAM3(ctx, a, b, c) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP_PARAM4(ctx, a, b, c, d) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP_PARAM5(ctx, a, b, c, d, e) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP_PARAM6(ctx, a, b, c, d, e, f) KUNLUN_HOST_DUMP(ctx)
#define WRAPPER_DUMP(ctx) KUNLUN_HOST_DUMP(ctx)

#define KUNLUN_HOST_ASSERT(ctx, condition)     \
  {                                            \
    (void)(ctx);                               \
    if (!(condition)) {                        \
      return baidu::xpu::api::INVALID_PARAM;   \
    }                                          \
  }
#define WRAPPER_ASSERT_EQ(ctx, a, b) KUNLUN_HOST_ASSERT(ctx, (a) == (b))
#define WRAPPER_ASSERT_NE(ctx, a, b) KUNLUN_HOST_ASSERT(ctx, (a) != (b))
#define WRAPPER_ASSERT_GT(ctx, a, b) KUNLUN_HOST_ASSERT(ctx, (a) > (b))
#define WRAPPER_ASSERT_GE(ctx, a, b) KUNLUN_HOST_ASSERT(ctx, (a) >= (b))
#define WRAPPER_ASSERT_LT(ctx, a, b) KUNLUN_HOST_ASSERT(ctx, (a) < (b))
#define WRAPPER_ASSERT_LE(ctx, a, b) KUNLUN_HOST_ASSERT(ctx, (a) <= (b))

#define WRAPPER_CHECK_PTR(ctx, T, len, ptr)                                                                     \
  {                                                                                                             \
    (void)_internal_stack_guard.dumping;                                                                        \
    if (!baidu::xpu::api::valid_memory(ctx, ptr, static_cast<int64_t>(len) * static_cast<int64_t>(sizeof(T)))) { \
      return baidu::xpu::api::INVALID_PARAM;                                                                    \
    }                                                                                                           \
  }
#define WRAPPER_CHECK_PTR_OR_NULL(ctx, T, len, ptr) \
  if ((ptr) != nullptr) {                           \
    WRAPPER_CHECK_PTR(ctx, T, len, ptr);            \
  }
#define WRAPPER_UNIMPLEMENTED(ctx)           \
  {                                          \
    (void)(ctx);                             \
    return baidu::xpu::api::NOT_IMPLEMENT;   \
  }
#define KERNEL_ASSERT_SUCCESS(ctx, ret)        \
  {                                            \
    (void)(ctx);                               \
    if ((ret) != XPU_SUCCESS) {                \
      return baidu::xpu::api::RUNTIME_ERROR;   \
    }                                          \
  }
