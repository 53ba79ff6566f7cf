// The program of the tests: runs one case, named on its command line, for some seeds.
#pragma once
#include "kunlun_host/runtime.h"

/// A case: a kernel over n numbers, or a function that does all of it.
struct Case {
  const char* name;
  const char* which;
  void (*kernel)(const int*, int*, int);
  int clusters, cores, n;
  int last;  // of the numbers that the kernel leaves, or ANY
  int (*function)();
};

constexpr int ANY = INT32_MIN;
#define KERNEL(which, name, clusters, cores, n, last) {#name, #which, name::which, clusters, cores, n, last, nullptr},
#define CASE(name) {#name, "bad", nullptr, 0, 0, 0, ANY, name::bad}, {#name, "good", nullptr, 0, 0, 0, ANY, name::good},

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

/// CASE bad|good FIRST LAST [FAIL]: with seeds FIRST to LAST. With FAIL, `bad` has that event fail, and `good` each in
/// turn, one a seed, after a first run in which none does.
inline int run(const Case* cases, size_t count, int argc, char** argv) {
  if (argc < 5) return 2;
  int start = atoi(argv[3]), stop = atoi(argv[4]), fail = argc > 5 ? atoi(argv[5]) : 0;
  bool good = strcmp(argv[2], "good") == 0;
  for (size_t i = 0; i < count; i++) {
    const Case& one = cases[i];
    if (strcmp(one.name, argv[1]) != 0 || strcmp(one.which, argv[2]) != 0) continue;
    std::vector<int> values;
    int64_t events = 0;
    for (int seed = start; seed <= stop; seed++) {
      kunlun_host::begin(static_cast<uint64_t>(seed));
      if (fail && !good) kunlun_host::fail_at(fail);
      if (fail && good && seed > start) kunlun_host::fail_at((seed - start - 1) % events + 1);
      if (one.function) {
        int code = one.function();
        bool failed = kunlun_host::returned(code);
        if (good && (code != 0) != failed) kunlun_host::report("failed", "the case says so", {});
        if (seed == start) events = kunlun_host::counts().events();
      } else {
        std::vector<int> now = run_kernel_case(one);
        if (seed > start && now != values) kunlun_host::report("unequal", "another seed, another result", {});
        if (one.last != ANY && now.back() != one.last)
          kunlun_host::report("failed", kunlun_host::text("%d is the last number", now.back()), {});
        values = now;
      }
      kunlun_host::end();
    }
    return 0;
  }
  return 2;
}
