// The operator library's names, as far as wrappers need them.
#pragma once
#include <cstddef>
#include <type_traits>
#include <vector>

#include "xpu/runtime.h"

namespace baidu {
namespace xpu {
namespace api {

enum Error_t { SUCCESS = 0, INVALID_PARAM = 1, RUNTIME_ERROR = 2, NO_ENOUGH_WORKSPACE = 3, NOT_IMPLEMENT = 4 };
enum DeviceType { kCPU = 0, kXPU1 = 1, kXPU2 = 2, kXPU3 = 3 };

class Device {
 public:
  explicit Device(DeviceType type) : type_(type) {}
  DeviceType type() const { return type_; }

 private:
  DeviceType type_;
};

class Context {
 public:
  explicit Context(DeviceType type) : device_(type) {
    // Never the default stream: who waits for the wrong one is found.
    if (type != kCPU) xpu_stream_create(&xpu_stream);
  }
  ~Context() {
    if (xpu_stream) xpu_stream_destroy(xpu_stream);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  const Device& dev() const { return device_; }
  int ncluster() const { return clusters_; }
  void set_ncluster(int clusters) { clusters_ = clusters; }
  XPUStream xpu_stream = nullptr;

 private:
  Device device_;
  int clusters_ = 12;
};

/// Workspace until the end of the scope: the context's pool takes it back in stream order.
class ctx_guard {
 public:
  explicit ctx_guard(Context* ctx) : ctx_(ctx) {}
  ~ctx_guard();
  ctx_guard(const ctx_guard&) = delete;
  ctx_guard& operator=(const ctx_guard&) = delete;
  template <typename T>
  T* alloc(int64_t len, KUNLUN_HOST_CALLER) {
    return static_cast<T*>(bytes(len * static_cast<int64_t>(sizeof(T)), file, line));
  }
  template <typename T>
  T* alloc_l3(int64_t len, KUNLUN_HOST_CALLER) {
    return alloc<T>(len, file, line);
  }
  template <typename T>
  T* alloc_l3_or_gm(int64_t len, KUNLUN_HOST_CALLER) {
    return alloc<T>(len, file, line);
  }

 private:
  template <typename T>
  friend struct VectorParam;
  void* bytes(int64_t count, const char* file, int line);
  Context* ctx_;
  std::vector<void*> taken_;
};

template <typename T>
struct XPUIndexType {
  typedef T type;
};
template <>
struct XPUIndexType<int64_t> {
  typedef long long type;
};

int do_host2device(Context* ctx, const void* from, void* to, int64_t bytes, KUNLUN_HOST_CALLER);
int do_device2host(Context* ctx, const void* from, void* to, int64_t bytes, KUNLUN_HOST_CALLER);

/// An array of the host and its twin on the device.
template <typename T>
struct VectorParam {
  const T* cpu;
  int64_t len;
  T* xpu;
  /// With a twin: one that there is, or one made now, with a copy. None if that fails.
  VectorParam to_xpu(ctx_guard& guard, KUNLUN_HOST_CALLER) const {
    if (xpu || guard.ctx_->dev().type() == kCPU) return *this;
    T* twin = guard.alloc<T>(len, file, line);
    int64_t bytes = len * static_cast<int64_t>(sizeof(T));
    if (twin && do_host2device(guard.ctx_, cpu, twin, bytes, file, line) != SUCCESS) twin = nullptr;
    return {cpu, len, twin};
  }
};

int copy_bytes(Context* ctx, const void* from, void* to, int64_t bytes, const char* file, int line);
int fill(Context* ctx, void* to, int64_t len, const void* value, size_t size, const char* file, int line);
int convert(Context* ctx, const void* from, size_t from_size, void* to, size_t to_size, int64_t len,
            void (*each)(const void*, void*, int64_t), const char* file, int line);

/// Device to device, on the context's stream.
template <typename T>
int copy(Context* ctx, const T* x, T* y, int64_t len, KUNLUN_HOST_CALLER) {
  return copy_bytes(ctx, x, y, len * static_cast<int64_t>(sizeof(T)), file, line);
}
template <typename T>
int constant(Context* ctx, T* x, int64_t len, T value, KUNLUN_HOST_CALLER) {
  return fill(ctx, x, len, &value, sizeof(T), file, line);
}
/// Element by element; to bool: whether it is not 0.
template <typename TX, typename TY>
int cast(Context* ctx, const TX* x, TY* y, int64_t len, KUNLUN_HOST_CALLER) {
  static_assert(std::is_integral<TX>::value && std::is_integral<TY>::value, "no floating point here");
  return convert(ctx, x, sizeof(TX), y, sizeof(TY), len,
                 [](const void* from, void* to, int64_t n) {
                   for (int64_t i = 0; i < n; i++)
                     static_cast<TY*>(to)[i] = static_cast<TY>(static_cast<const TX*>(from)[i]);
                 },
                 file, line);
}

/// Whether a wrapper is to fail before it begins, on the host, where there is no launch that could.
bool wrapper_fails(Context* ctx, const char* wrapper, KUNLUN_HOST_CALLER);

/// Whether an array of a wrapper is where the context wants it: `len` elements of it.
bool valid_memory(Context* ctx, const void* pointer, int64_t bytes);

/// What WRAPPER_CHECK_CTX leaves behind for the macros after it.
struct StackGuard {
  bool dumping = false;
};

}  // namespace api
}  // namespace xpu
}  // namespace baidu
