// The runtime library: memory of the device and copies that the host waits for.
#pragma once
#include <cstring>

#include "kunlun_host/buffers.h"
#include "xpu/runtime.h"

extern "C" void* __asan_region_is_poisoned(void* at, size_t bytes) __attribute__((weak));

int xpu_malloc(void** pointer, uint64_t bytes, XPUMemoryKind, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  check_size(static_cast<int64_t>(bytes), "xpu_malloc", where);
  if (fails(&Counts::allocations, "allocation", where)) {
    *pointer = nullptr;
    return 1;
  }
  *pointer = allocate(bytes, false, where.site);
  return XPU_SUCCESS;
}

int xpu_free(void* pointer, const char* file, int line) {
  using namespace kunlun_host;
  ensure_begun();
  state().counts.frees++;
  if (pointer) release(pointer, false, {{file, line}, nullptr});
  return XPU_SUCCESS;
}

int xpu_memcpy(void* to, const void* from, uint64_t bytes, XPUMemcpyKind kind, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  bool from_device = kind != XPU_HOST_TO_DEVICE, to_device = kind != XPU_DEVICE_TO_HOST;
  auto [calls, total] = !from_device ? std::pair(&Counts::h2d, &Counts::h2d_bytes)
                        : !to_device ? std::pair(&Counts::d2h, &Counts::d2h_bytes)
                                     : std::pair(&Counts::d2d, &Counts::d2d_bytes);
  check_size(static_cast<int64_t>(bytes), "xpu_memcpy", where);
  if (fails(calls, "transfer", where)) return 1;
  state().counts.*total += static_cast<int64_t>(bytes);
  for (auto [pointer, device] : {std::pair<const void*, bool>(from, from_device), {to, to_device}})
    if (on_device(reinterpret_cast<uintptr_t>(pointer)) != device)
      report("wrong-direction", std::string("xpu_memcpy: expected ") + (device ? "device" : "host") + " memory", where,
             reinterpret_cast<uintptr_t>(pointer));
  // Else the line would be one of this host.
  void* of_host = to_device ? const_cast<void*>(from) : to;
  if (from_device != to_device && __asan_region_is_poisoned && __asan_region_is_poisoned(of_host, bytes))
    report("host-memory", text("xpu_memcpy: %llu bytes, which the host does not have there",
                               static_cast<unsigned long long>(bytes)), where);
  const void* source = from_device ? host_range(from, bytes, false, "xpu_memcpy", where) : from;
  void* target = to_device ? host_range(to, bytes, true, "xpu_memcpy", where) : to;
  memmove(target, source, bytes);
  return XPU_SUCCESS;
}
