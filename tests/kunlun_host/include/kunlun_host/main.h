// The program of the tests: runs one case, named on its command line, for some seeds.
#pragma once
#include "kunlun_host/runtime.h"

/// A case: a kernel over n numbers, or a function that does all of it.
struct Case {
  const char* name;
  const char* which;
  void (*kernel)(const int*, int*, int);
  int clusters, cores, n;
  int (*function)();
};

#define KERNEL(which, name, clusters, cores, n) {#name, #which, name::which, clusters, cores, n, nullptr},
#define CASE(name) {#name, "bad", nullptr, 0, 0, 0, name::bad}, {#name, "good", nullptr, 0, 0, 0, name::good},

/// The kernel on 0, 1, 2 ...: what it leaves.
inline std::vector<int> run_kernel_case(const Case& one) {
  size_t bytes = static_cast<size_t>(one.n) * sizeof(int);
  std::vector<int> host(static_cast<size_t>(one.n));
  for (int i = 0; i < one.n; i++) host[static_cast<size_t>(i)] = i;
  int *x = nullptr, *y = nullptr;
  xpu_malloc(reinterpret_cast<void**>(&x), bytes);
  xpu_malloc(reinterpret_cast<void**>(&y), bytes);
  xpu_memcpy(x, host.data(), bytes, XPU_HOST_TO_DEVICE);
  kunlun_host::launch(one.name, one.kernel, one.clusters, one.cores)(x, y, one.n);
  xpu_wait();
  xpu_memcpy(host.data(), y, bytes, XPU_DEVICE_TO_HOST);
  xpu_free(x);
  xpu_free(y);
  return host;
}

/// CASE bad|good SEEDS [FAIL]: with FAIL, `bad` has that event fail, and `good` each in turn, with a seed of its own.
inline int run(const Case* cases, size_t count, int argc, char** argv) {
  if (argc < 4) return 2;
  int seeds = atoi(argv[3]), fail = argc > 4 ? atoi(argv[4]) : 0;
  bool good = strcmp(argv[2], "good") == 0;
  for (size_t i = 0; i < count; i++) {
    const Case& one = cases[i];
    if (strcmp(one.name, argv[1]) != 0 || strcmp(one.which, argv[2]) != 0) continue;
    std::vector<int> first;
    int64_t events = 0;
    for (int seed = 1; seed <= seeds; seed++) {
      kunlun_host::begin(static_cast<uint64_t>(seed));
      if (fail && !good) kunlun_host::fail_at(fail);
      if (fail && good && seed > 1) kunlun_host::fail_at((seed - 2) % events + 1);
      if (one.function) {
        int code = one.function();
        kunlun_host::returned(code);
        if (seed == 1 && good && code != 0) kunlun_host::report("failed", "the case says so", {});
        if (seed == 1) events = kunlun_host::counts().events();
      } else {
        std::vector<int> values = run_kernel_case(one);
        if (seed > 1 && values != first) kunlun_host::report("unequal", "another seed, another result", {});
        first = values;
      }
      kunlun_host::end();
    }
    return 0;
  }
  return 2;
}
