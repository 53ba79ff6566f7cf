// How host code launches a kernel: `k<<<clusters, cores, stream>>>(x)` is rewritten to
// `KUNLUN_HOST_LAUNCH(k, clusters, cores, stream)(x)` before g++ sees it.
#pragma once
#include <cstdint>
#include <functional>

namespace kunlun_host {

/// Where in the host code something stands.
struct Site {
  const char* file = nullptr;
  int line = 0;
};

int run_kernel(const void* function, const char* name, int64_t clusters, int64_t cores, void* stream,
               std::function<void()> body, Site site);

template <typename... P>
struct Launcher {
  void (*kernel)(P...);
  const char* name;
  int64_t clusters, cores;
  void* stream;
  Site site;
  int operator()(P... arguments) const {
    void (*k)(P...) = kernel;
    return run_kernel(reinterpret_cast<const void*>(k), name, clusters, cores, stream,
                      [=] { k(arguments...); }, site);
  }
};

template <typename... P>
Launcher<P...> launch(const char* name, void (*kernel)(P...), int64_t clusters, int64_t cores, void* stream = nullptr,
                      const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  return Launcher<P...>{kernel, name, clusters, cores, stream, Site{file, line}};
}

// What a test says about the program that it runs.

/// Starts anew: no buffers, counters at 0, this seed.
void begin(uint64_t seed);
/// Ends a run: every buffer is free, every injected failure was told.
void end();
/// Makes the n-th event after `begin` fail, counted from 1: an allocation, transfer, launch or wait.
void fail_at(int64_t n);
/// What the program returned; a failure that was injected has to be seen in it. Whether one was.
bool returned(int code);

struct Counts {
  int64_t launches = 0, transfers = 0, waits = 0, allocations = 0, frees = 0;
  int64_t events() const { return launches + transfers + waits + allocations; }
};
Counts counts();

}  // namespace kunlun_host

#define KUNLUN_HOST_LAUNCH(kernel, ...) ::kunlun_host::launch(#kernel, kernel, __VA_ARGS__)
// Only host code that names a kernel sees this; kernels have their own.
#ifndef __global__
#define __global__
#endif
