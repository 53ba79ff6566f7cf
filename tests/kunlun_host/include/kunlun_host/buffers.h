// Buffers of the device: how they are taken and given back, and what may touch them besides kernels.
#pragma once
#include <algorithm>
#include <cstring>

#include "kunlun_host/access.h"
#include "kunlun_host/session.h"

namespace kunlun_host {

/// What a pointer of the device points to, for the runtime.
inline uint8_t* backing_of(const void* pointer) {
  State& s = state();
  return reinterpret_cast<uint8_t*>(s.backing) + (static_cast<const char*>(pointer) - s.device);
}

inline Cell* cells_of(const void* pointer) {
  return state().cells + (static_cast<const char*>(pointer) - state().device);
}

/// The strictest reading: nobody says what nothing of something is.
inline void check_size(int64_t bytes, const char* what, const Where& where) {
  if (bytes <= 0) report("bad-size", text("%s of %lld bytes", what, static_cast<long long>(bytes)), where);
}

/// The host touches device memory.
inline uint8_t* host_range(const void* pointer, size_t bytes, bool write, const char* what, const Where& where) {
  State& s = state();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  if (!on_device(at)) report("host-pointer", std::string(what) + ": expected device memory", where, at);
  Cell* cells = cells_of(pointer);
  bool some = write || !s.poison_travels;
  for (size_t i = 0; i < bytes; i++) {
    Cell& cell = cells[i];
    if (!(cell.flags & ALLOCATED)) {
      const Buffer* b = buffer_near(at + i);
      report(b && b->freed && at + i < b->at + b->bytes ? "use-after-free" : "out-of-bounds",
             text("%s: %s of %zu bytes, from byte %zu on", what, verb(write), bytes, i), where, at + i);
    }
    for (uint32_t id : {cell.write_launch, write ? cell.read_launch : 0u})
      if (id && !s.launches[id - 1].waited)
        report("not-waited", text("%s: %s of what %s uses, with no wait since", what, verb(write),
                                  s.launches[id - 1].name.c_str()), where, at + i);
    if (cell.flags & DEFINED) some = true;
    if (!write && !s.poison_travels && !(cell.flags & DEFINED))
      report("uninitialised-read", text("%s: read of %zu bytes, from byte %zu on", what, bytes, i), where, at + i);
  }
  if (!some)
    report("uninitialised-read", text("%s: read of %zu bytes, of which none was written", what, bytes), where, at);
  for (size_t i = 0; write && i < bytes; i++) {
    cells[i] = Cell();
    cells[i].flags = ALLOCATED | DEFINED;
  }
  return backing_of(pointer);
}

/// `pooled`: given back in stream order, so its end needs no wait.
inline void* allocate(uint64_t bytes, bool pooled, const Site& site) {
  State& s = state();
  size_t size = std::max<size_t>(bytes, 1);
  size_t room = (size + 255) / 256 * 256 + GAP_BYTES;
  if (room > DEVICE_BYTES || s.used + room > DEVICE_BYTES) report("host", "device memory is full", {site, nullptr});
  uintptr_t at = reinterpret_cast<uintptr_t>(s.device) + s.used;
  for (size_t i = 0; i < bytes; i++) s.cells[s.used + i].flags = ALLOCATED;
  memset(s.backing + s.used, POISON, room);
  s.used += room;
  s.buffers.push_back({static_cast<int>(s.buffers.size()) + 1, at, bytes, false, pooled, site});
  return reinterpret_cast<void*>(at);
}

inline void release(void* pointer, bool pooled, const Where& where) {
  State& s = state();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  for (Buffer& buffer : s.buffers) {
    if (buffer.at != at || buffer.pooled != pooled) continue;
    if (buffer.freed) report("double-free", text("buffer %d is freed again", buffer.id), where, at);
    Cell* cells = cells_of(pointer);
    for (size_t i = 0; i < buffer.bytes; i++) {
      for (uint32_t id : {cells[i].write_launch, cells[i].read_launch})
        if (!pooled && id && !s.launches[id - 1].waited)
          report("not-waited", text("buffer %d is freed while %s may still use it", buffer.id,
                                    s.launches[id - 1].name.c_str()), where, at);
      cells[i].flags = 0;
    }
    buffer.freed = true;
    return;
  }
  report("bad-free", "what is freed is no buffer", where, at);
}

}  // namespace kunlun_host
