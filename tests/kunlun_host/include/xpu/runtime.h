// The runtime library's names.
#pragma once
#include <cstdint>

#include "kunlun_host/launch.h"

typedef void* XPUStream;
enum { XPU_SUCCESS = 0 };
enum XPUMemoryKind { XPU_MEM_MAIN = 0, XPU_MEM_L3 = 1 };
enum XPUMemcpyKind { XPU_HOST_TO_DEVICE = 0, XPU_DEVICE_TO_HOST = 1, XPU_DEVICE_TO_DEVICE = 2 };

#define KUNLUN_HOST_CALLER const char *file = __builtin_FILE(), int line = __builtin_LINE()

int xpu_malloc(void** pointer, uint64_t bytes, XPUMemoryKind kind = XPU_MEM_MAIN, KUNLUN_HOST_CALLER);
int xpu_free(void* pointer, KUNLUN_HOST_CALLER);
int xpu_memcpy(void* to, const void* from, uint64_t bytes, XPUMemcpyKind kind, KUNLUN_HOST_CALLER);
int xpu_wait(XPUStream stream = nullptr, KUNLUN_HOST_CALLER);
int xpu_stream_create(XPUStream* stream);
int xpu_stream_destroy(XPUStream stream);
inline int xpu_set_device(int) { return XPU_SUCCESS; }
inline const char* xpu_strerror(int code) { return code == XPU_SUCCESS ? "success" : "failure"; }
