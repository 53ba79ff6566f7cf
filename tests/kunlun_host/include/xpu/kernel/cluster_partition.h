// Contiguous shares of a length.
#pragma once
#include "xpu/kernel/cluster.h"

/// The share [*start, *end) of thread `tid`: blocks of `align` elements, the first threads get one more.
template <typename T>
static inline __device__ void partition(int tid, int nthreads, T len, int align, T* start, T* end) {
  T blocks = len / align + (len % align != 0 ? 1 : 0);
  T each = blocks / nthreads;
  T more = blocks % nthreads;
  T first = each * tid + (tid < more ? static_cast<T>(tid) : more);
  T last = first + each + (tid < more ? 1 : 0);
  *start = first * align < len ? first * align : len;
  *end = last * align < len ? last * align : len;
}
