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

}  // namespace cases
