// Reads and writes of vectors.
#pragma once
#include <cstring>

#include "kunlun_host/access.h"

namespace kunlun_host {

inline Place vector_place(Memory memory, uintptr_t at, size_t room, size_t bytes, bool write, const Where& where) {
  Place place = locate(at, 1, write, where, "a vector");
  Kind expected = memory == MEMORY_LM ? LM : SM;
  if (place.kind != expected)
    report("wrong-memory", text("vector %s of %s memory, expected %s", verb(write), name_of(place.kind),
                                name_of(expected)), where, at);
  if (at % VECTOR_BYTES)
    report("unaligned-vector", text("vector %s at an address that is no multiple of %zu", verb(write), VECTOR_BYTES),
           where, at);
  if (room != static_cast<size_t>(-1) && bytes > room)
    report("out-of-bounds", text("vector %s of %zu bytes, of an object with %zu left", verb(write), bytes, room), where,
           at);
  return locate(at, bytes, write, where);
}

/// Bytes up to the last lane of a mask.
inline size_t reach(int mask) {
  return mask == 0 ? 0 : 4 * (32 - static_cast<size_t>(__builtin_clz(static_cast<unsigned>(mask))));
}

void vector_read(Memory memory, const void* pointer, size_t room, int mask, int* lanes, const char* file, int line) {
  here("a vector load");
  step();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  Where where{{file, line}, nullptr};
  if (mask == 0) return;
  Place place = vector_place(memory, at, room, reach(mask), false, where);
  for (size_t i = 0; i < 16; i++) {
    if (!(mask >> i & 1)) continue;
    touch({place.kind, place.cells + 4 * i, place.data + 4 * i}, at + 4 * i, 4, false, VECTOR, where);
    memcpy(lanes + i, place.data + 4 * i, 4);
  }
}

void vector_write(Memory memory, void* pointer, size_t room, int mask, const int* lanes, const char* file, int line) {
  here("a vector store");
  step();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  Where where{{file, line}, nullptr};
  if (mask == 0) return;
  Place place = vector_place(memory, at, room, reach(mask), true, where);
  for (size_t i = 0; i < 16; i++) {
    if (!(mask >> i & 1)) continue;
    touch({place.kind, place.cells + 4 * i, place.data + 4 * i}, at + 4 * i, 4, true, VECTOR, where);
    memcpy(place.data + 4 * i, lanes + i, 4);
  }
}

inline Place lane_place(uintptr_t at, bool write, const Where& where) {
  Place place = locate(at, 4, write, where);
  if (place.kind != LM)
    report("wrong-memory", text("vector %s of %s memory, expected local", verb(write), name_of(place.kind)), where, at);
  return place;
}

void vector_gather(const void* pointer, const int* offsets, int mask, int* lanes, const char* file, int line) {
  here("a vector gather");
  step();
  Where where{{file, line}, nullptr};
  for (int i = 0; i < 16; i++) {
    if (!(mask >> i & 1)) continue;
    uintptr_t at = reinterpret_cast<uintptr_t>(pointer) + static_cast<uintptr_t>(static_cast<intptr_t>(offsets[i]));
    Place place = lane_place(at, false, where);
    touch(place, at, 4, false, VECTOR, where);
    memcpy(lanes + i, place.data, 4);
  }
}

void vector_scatter(void* pointer, const int* offsets, int mask, const int* lanes, const char* file, int line) {
  here("a vector scatter");
  step();
  Where where{{file, line}, nullptr};
  for (int i = 0; i < 16; i++) {
    if (!(mask >> i & 1)) continue;
    for (int k = 0; k < i; k++)
      if ((mask >> k & 1) && offsets[k] < offsets[i] + 4 && offsets[i] < offsets[k] + 4)
        report("race", text("lanes %d and %d of a scatter to one address", k, i), where);
    uintptr_t at = reinterpret_cast<uintptr_t>(pointer) + static_cast<uintptr_t>(static_cast<intptr_t>(offsets[i]));
    Place place = lane_place(at, true, where);
    touch(place, at, 4, true, VECTOR, where);
    memcpy(place.data, lanes + i, 4);
  }
}

void vector_undefined(const char* file, int line) {
  report("uninitialised-read", "a vector that nothing was assigned to", {{file, line}, nullptr});
}

void unsupported(const char* what, const char* file, int line) {
  report("unsupported", what, {{file, line}, nullptr});
}

}  // namespace kunlun_host
