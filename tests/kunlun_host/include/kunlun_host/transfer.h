// Transfers between memories, synchronous and in flight, and the fences that land them.
#pragma once
#include <algorithm>
#include <cstring>

#include "kunlun_host/access.h"

namespace kunlun_host {

inline const char* name_of(Transfer kind) {
  static const char* const names[] = {"GM2LM", "LM2GM", "GM2SM", "SM2GM", "GM2GSM", "GSM2GM"};
  return names[kind];
}

inline Place end_of_transfer(Transfer transfer, Kind expected, uintptr_t at, size_t bytes, size_t room, bool write,
                             const Where& where) {
  Place place = locate(at, 1, write, where, name_of(transfer));
  if (place.kind != expected)
    report("wrong-memory", text("%s %s %s memory, expected %s", name_of(transfer), write ? "writes" : "reads",
                                name_of(place.kind), name_of(expected)), where, at);
  if (room != static_cast<size_t>(-1) && bytes > room)
    report("out-of-bounds", text("%s of %zu bytes by %s, of an object with %zu left", verb(write), bytes,
                                 name_of(transfer), room), where, at);
  return locate(at, bytes, write, where);
}

inline void land(Core& core, const Pending& t, bool was_in_flight) {
  (void)core;
  uintptr_t from = reinterpret_cast<uintptr_t>(t.from), to = reinterpret_cast<uintptr_t>(t.to);
  Place source = locate(from, t.bytes, false, t.where), target = locate(to, t.bytes, true, t.where);
  if (was_in_flight)
    for (size_t i = 0; i < t.bytes; i++) {
      source.cells[i].outgoing--;
      target.cells[i].flags &= static_cast<uint8_t>(~INCOMING);
    }
  touch(source, from, t.bytes, false, DMA, t.where);
  touch(target, to, t.bytes, true, DMA, t.where);
  memmove(target.data, source.data, t.bytes);
}

void transfer(Transfer kind, bool async, const void* from, size_t from_room, size_t from_element, void* to,
              size_t to_room, size_t to_element, int64_t bytes, const char* file, int line) {
  Core& core = here(name_of(kind));
  yield();
  Where where{{file, line}, nullptr};
  static const Kind sources[] = {GM, LM, GM, SM, GM, GSM}, targets[] = {LM, GM, SM, GM, GSM, GM};
  if (bytes <= 0) report("bad-size", text("%s of %lld bytes", name_of(kind), static_cast<long long>(bytes)), where);
  size_t size = static_cast<size_t>(bytes);
  if (size % from_element || size % to_element)
    report("bad-size", text("%s of %zu bytes, which are no whole elements of %zu and %zu", name_of(kind), size,
                            from_element, to_element), where);
  uintptr_t source_at = reinterpret_cast<uintptr_t>(from), target_at = reinterpret_cast<uintptr_t>(to);
  Place source = end_of_transfer(kind, sources[kind], source_at, size, from_room, false, where);
  Place target = end_of_transfer(kind, targets[kind], target_at, size, to_room, true, where);
  Pending one{kind, from, to, size, where};
  if (!async) {
    land(core, one, false);
    return;
  }
  touch(source, source_at, size, false, DMA, where);
  touch(target, target_at, size, true, DMA, where, false);
  for (size_t i = 0; i < size; i++) {
    source.cells[i].outgoing++;
    target.cells[i].flags = static_cast<uint8_t>((target.cells[i].flags | INCOMING) & ~DEFINED);
  }
  memset(target.data, POISON, size);
  core.pending.push_back(one);
  yield();
}

void fence(Fence kind, const char*, int) {
  Core& core = here("mfence");
  yield();
  if (kind == FENCE_ALL) {
    // In any order, and only now.
    std::shuffle(core.pending.begin(), core.pending.end(), state().random);
    std::vector<Pending> all;
    all.swap(core.pending);
    for (const Pending& one : all) land(core, one, true);
    core.fences[GM]++;
  }
  if (kind != FENCE_SM) core.fences[LM]++;
  if (kind != FENCE_LM) core.fences[SM]++;
  if (kind == FENCE_ALL || kind == FENCE_LM_SM) core.fences[GSM]++;
}

}  // namespace kunlun_host
