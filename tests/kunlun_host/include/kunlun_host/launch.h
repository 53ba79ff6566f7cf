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
/// Makes the n-th event after `begin` fail, counted from 1: an allocation, transfer, fill, launch or wait, or what stands
/// for one on the host.
void fail_at(int64_t n);
/// What the program returned; a failure that was injected has to be seen in it. Whether one was.
bool returned(int code);

/// What the device was told. A context of the host tells it nothing; what is done there instead can fail too.
struct Counts {
  int64_t launches = 0;  // of kernels, the library's (a cast) among them
  int64_t h2d = 0, d2h = 0, d2d = 0;
  int64_t fills = 0;
  int64_t waits = 0;
  int64_t allocations = 0;  // workspace, results, and what was asked of the runtime
  int64_t frees = 0;        // they cannot fail: no event
  int64_t on_host = 0;      // no commands: memory, copies and wrappers of the host
  int64_t h2d_bytes = 0, d2h_bytes = 0, d2d_bytes = 0;
  int64_t events() const { return launches + h2d + d2h + d2d + fills + waits + allocations + on_host; }
};
Counts counts();

}  // namespace kunlun_host

#define KUNLUN_HOST_LAUNCH(kernel, ...) ::kunlun_host::launch(#kernel, kernel, __VA_ARGS__)
// Only host code that names a kernel sees this; kernels have their own.
#ifndef __global__
#define __global__
#endif
