// Small helpers over lengths.
#pragma once
#include "xpu/kernel/cluster_simd.h"

template <typename T>
static inline __device__ T rounddown32(T n) {
  return n - n % 32;
}
