// Vectors of 16 lanes of 32 bits. A vector is opaque, as a register is: nothing but these functions looks into it.
#pragma once
#include "xpu/kernel/cluster.h"

template <typename T>
class KunlunHostVector {
 public:
  KUNLUN_HOST_OPAQUE KunlunHostVector() : defined_(false) {
    for (int i = 0; i < 16; i++) lane_[i] = static_cast<T>(0xDBDBDBDBu);
  }
  KUNLUN_HOST_OPAQUE explicit KunlunHostVector(T all) : defined_(true) {
    for (int i = 0; i < 16; i++) lane_[i] = all;
  }
  KUNLUN_HOST_OPAQUE KunlunHostVector(T a, T b, T c, T d, T e, T f, T g, T h, T i, T j, T k, T l, T m, T n, T o, T p)
      : lane_{a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p}, defined_(true) {}
  KUNLUN_HOST_OPAQUE KunlunHostVector(const KunlunHostVector& other) : defined_(other.defined_) {
    for (int i = 0; i < 16; i++) lane_[i] = other.lane_[i];
  }
  KUNLUN_HOST_OPAQUE KunlunHostVector& operator=(const KunlunHostVector& other) {
    for (int i = 0; i < 16; i++) lane_[i] = other.lane_[i];
    defined_ = other.defined_;
    return *this;
  }
  /// For this header alone.
  KUNLUN_HOST_OPAQUE const T* kunlun_host_lanes(const char* file, int line) const {
    if (!defined_) kunlun_host::vector_undefined(file, line);
    return lane_;
  }
  KUNLUN_HOST_OPAQUE T* kunlun_host_define() {
    defined_ = true;
    return lane_;
  }

 private:
  T lane_[16];
  bool defined_;
};
typedef KunlunHostVector<int32_t> int32x16_t;
typedef KunlunHostVector<uint32_t> uint32x16_t;

#define KUNLUN_HOST_VECTOR static inline __attribute__((unused)) KUNLUN_HOST_OPAQUE

#define KUNLUN_HOST_MEMORY(memory, MEMORY, type, T)                                                              \
  KUNLUN_HOST_INLINE type vload_##memory##_##T##x16_mz(const void* at, int mask = -1, KUNLUN_HOST_SITE) {        \
    type v(0);                                                                                                   \
    kunlun_host::vector_read(kunlun_host::MEMORY, at, KUNLUN_HOST_ROOM(at), mask & 0xFFFF,                       \
                             (int*)v.kunlun_host_define(), file, line);                                          \
    return v;                                                                                                    \
  }                                                                                                              \
  KUNLUN_HOST_INLINE type vload_##memory##_##T##x16(const void* at, KUNLUN_HOST_SITE) {                          \
    type v;                                                                                                      \
    kunlun_host::vector_read(kunlun_host::MEMORY, at, KUNLUN_HOST_ROOM(at), 0xFFFF,                              \
                             (int*)v.kunlun_host_define(), file, line);                                          \
    return v;                                                                                                    \
  }                                                                                                              \
  KUNLUN_HOST_INLINE type vload_##memory##_##T##x16_mh(const void* at, type hold, int mask = -1,                 \
                                                       KUNLUN_HOST_SITE) {                                       \
    (void)hold.kunlun_host_lanes(file, line);                                                                    \
    kunlun_host::vector_read(kunlun_host::MEMORY, at, KUNLUN_HOST_ROOM(at), mask & 0xFFFF,                       \
                             (int*)hold.kunlun_host_define(), file, line);                                       \
    return hold;                                                                                                 \
  }                                                                                                              \
  KUNLUN_HOST_INLINE void vstore_##memory##_##T##x16(void* at, const type& v, KUNLUN_HOST_SITE) {                \
    kunlun_host::vector_write(kunlun_host::MEMORY, at, KUNLUN_HOST_ROOM(at), 0xFFFF,                             \
                              (const int*)v.kunlun_host_lanes(file, line), file, line);                          \
  }                                                                                                              \
  KUNLUN_HOST_INLINE void vstore_##memory##_##T##x16_mh(void* at, const type& v, int mask = -1,                  \
                                                        KUNLUN_HOST_SITE) {                                      \
    kunlun_host::vector_write(kunlun_host::MEMORY, at, KUNLUN_HOST_ROOM(at), mask & 0xFFFF,                      \
                              (const int*)v.kunlun_host_lanes(file, line), file, line);                          \
  }                                                                                                              \
  KUNLUN_HOST_INLINE void vstore_##memory##_##T##x16_mz(void* at, const type& v, int mask = -1,                  \
                                                        KUNLUN_HOST_SITE) {                                      \
    type zeroed = kunlun_host_zeroed(v, mask, file, line);                                                       \
    kunlun_host::vector_write(kunlun_host::MEMORY, at, KUNLUN_HOST_ROOM(at), 0xFFFF,                             \
                              (const int*)zeroed.kunlun_host_lanes(file, line), file, line);                     \
  }                                                                                                              \
  KUNLUN_HOST_INLINE void vload2_##memory(const T##_t* at, type& low, type& high, KUNLUN_HOST_SITE) {            \
    low = vload_##memory##_##T##x16(at, file, line);                                                             \
    high = vload_##memory##_##T##x16(at + 16, file, line);                                                       \
  }                                                                                                              \
  KUNLUN_HOST_INLINE void vload2_##memory##_mz(const T##_t* at, type& low, type& high, int mask,                 \
                                               KUNLUN_HOST_SITE) {                                               \
    low = vload_##memory##_##T##x16_mz(at, mask, file, line);                                                    \
    high = vload_##memory##_##T##x16_mz(at + 16, mask >> 16, file, line);                                        \
  }                                                                                                              \
  KUNLUN_HOST_INLINE void vstore2_##memory(T##_t* at, const type& low, const type& high, KUNLUN_HOST_SITE) {     \
    vstore_##memory##_##T##x16(at, low, file, line);                                                             \
    vstore_##memory##_##T##x16(at + 16, high, file, line);                                                       \
  }

template <typename V>
KUNLUN_HOST_VECTOR V kunlun_host_zeroed(const V& v, int mask, const char* file, int line) {
  V result(v);
  (void)v.kunlun_host_lanes(file, line);
  for (int i = 0; i < 16; i++)
    if (!(mask >> i & 1)) result.kunlun_host_define()[i] = 0;
  return result;
}

KUNLUN_HOST_MEMORY(lm, MEMORY_LM, int32x16_t, int32)
KUNLUN_HOST_MEMORY(sm, MEMORY_SM, int32x16_t, int32)
KUNLUN_HOST_MEMORY(lm, MEMORY_LM, uint32x16_t, uint32)
KUNLUN_HOST_MEMORY(sm, MEMORY_SM, uint32x16_t, uint32)
#undef KUNLUN_HOST_MEMORY

// Lane by lane, wrapping around. `vv`: two vectors; `sv`: a scalar, then a vector.
#define KUNLUN_HOST_LANES(name, type, T, expression)                                                             \
  KUNLUN_HOST_VECTOR type vv##name(const type& x, const type& y, KUNLUN_HOST_SITE) {                             \
    type result;                                                                                                 \
    for (int i = 0; i < 16; i++) {                                                                               \
      uint32_t a = (uint32_t)x.kunlun_host_lanes(file, line)[i];                                                 \
      uint32_t b = (uint32_t)y.kunlun_host_lanes(file, line)[i];                                                 \
      result.kunlun_host_define()[i] = (T)(expression);                                                          \
    }                                                                                                            \
    return result;                                                                                               \
  }                                                                                                              \
  KUNLUN_HOST_VECTOR type sv##name(T x, const type& y, KUNLUN_HOST_SITE) {                                       \
    return vv##name(type(x), y, file, line);                                                                     \
  }
KUNLUN_HOST_LANES(add_int32x16, int32x16_t, int32_t, a + b)
KUNLUN_HOST_LANES(mul_int32x16, int32x16_t, int32_t, a* b)
KUNLUN_HOST_LANES(xor_int32x16, int32x16_t, int32_t, a ^ b)
KUNLUN_HOST_LANES(add_uint32x16, uint32x16_t, uint32_t, a + b)
KUNLUN_HOST_LANES(and_uint32x16, uint32x16_t, uint32_t, a& b)
KUNLUN_HOST_LANES(or_uint32x16, uint32x16_t, uint32_t, a | b)
#undef KUNLUN_HOST_LANES

KUNLUN_HOST_VECTOR int32x16_t vset_zero_int() { return int32x16_t(0); }

/// The whole vector shifted down by `bits`, so far only by whole lanes; zeros come in above.
KUNLUN_HOST_VECTOR int32x16_t vsrlp_int32x16(int bits, const int32x16_t& v, KUNLUN_HOST_SITE) {
  if (bits < 0 || bits % 32 != 0) kunlun_host::unsupported("vsrlp by less than a lane", file, line);
  int32x16_t result(0);
  for (int i = 0; i + bits / 32 < 16; i++)
    result.kunlun_host_define()[i] = v.kunlun_host_lanes(file, line)[i + bits / 32];
  return result;
}

/// The lane of the one bit in `which`.
KUNLUN_HOST_VECTOR int vextract_int32x16(const int32x16_t& v, int which, KUNLUN_HOST_SITE) {
  return v.kunlun_host_lanes(file, line)[__builtin_ctz((unsigned)which)];
}

// Offsets are in bytes.
KUNLUN_HOST_VECTOR int32x16_t vgather_lm_int32x16_mz(const void* at, const int32x16_t& offsets, int mask = -1,
                                                     KUNLUN_HOST_SITE) {
  int32x16_t v(0);
  kunlun_host::vector_gather(at, offsets.kunlun_host_lanes(file, line), mask, v.kunlun_host_define(), file, line);
  return v;
}
KUNLUN_HOST_VECTOR int32x16_t vgather_lm_int32x16(const void* at, const int32x16_t& offsets, KUNLUN_HOST_SITE) {
  return vgather_lm_int32x16_mz(at, offsets, 0xFFFF, file, line);
}
KUNLUN_HOST_VECTOR void vscatter_lm_int32x16(void* at, const int32x16_t& v, const int32x16_t& offsets,
                                             KUNLUN_HOST_SITE) {
  kunlun_host::vector_scatter(at, offsets.kunlun_host_lanes(file, line), 0xFFFF, v.kunlun_host_lanes(file, line),
                              file, line);
}
