// What a kernel sees of the strict host: the qualifiers, and calls into runtime.h. C++11.
#pragma once
#include "kunlun_host/calls.h"

// The 64-bit integer of the device is no long.
namespace fd_xpu3 {
typedef long long int64_t;
}

#define __XPU3__ 1
#define __global__ __attribute__((noinline, used))
#define __device__
#define __local__
#define __simd__ __attribute__((aligned(64)))
// One object for the whole program; the runtime swaps its content whenever another owner goes on.
#define __shared__ static __attribute__((section("kunlun_sm")))
#define __group_shared__ static __attribute__((section("kunlun_gsm")))
// Addresses tell the memories apart, so pointers need no type of their own.
#define _global_ptr_
#define __global_ptr__
#define _shared_ptr_
#define __shared_ptr__
#define _group_shared_ptr_
#define __group_shared_ptr__

// Where a call stands: the compiler fills in the caller's line.
#define KUNLUN_HOST_SITE const char *file = __builtin_FILE(), int line = __builtin_LINE()
// Inlined always, so that the bytes left in the caller's object are known.
#define KUNLUN_HOST_INLINE static inline __attribute__((always_inline, artificial, unused))
// Uninstrumented: what happens inside is no access of the kernel.
#define KUNLUN_HOST_OPAQUE __attribute__((no_sanitize("thread")))
#define KUNLUN_HOST_ROOM(pointer) __builtin_dynamic_object_size(pointer, 0)
