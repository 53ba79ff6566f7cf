// What an access of a core may do, and what it changes: bounds, races, fences, poison.
#pragma once
#include <cstring>

#include "kunlun_host/fiber.h"

namespace kunlun_host {

/// Memory that a core may touch.
struct Place {
  Kind kind;
  Cell* cells;
  uint8_t* data;
};

inline const char* name_of(Kind kind) {
  static const char* const names[] = {"global", "shared", "group shared", "local"};
  return names[kind];
}

inline const char* verb(bool write) { return write ? "write" : "read"; }

inline void touch_symbol(int index, const Where& where, uintptr_t at) {
  State& s = state();
  if (s.touched[static_cast<size_t>(index)]) return;
  s.touched[static_cast<size_t>(index)] = true;
  const Symbol& symbol = s.symbols[static_cast<size_t>(index)];
  memset(reinterpret_cast<void*>(symbol.at), POISON, symbol.bytes);
  size_t total = 0;
  for (size_t other = 0; other < s.symbols.size(); other++)
    if (s.touched[other] && s.symbols[other].kind == symbol.kind) total += (s.symbols[other].bytes + 63) / 64 * 64;
  if (symbol.kind == SM && total > SHARED_BYTES)
    report("sm-overflow", text("%zu bytes of shared memory, of which a cluster has %zu", total, SHARED_BYTES), where, at);
  if (symbol.kind == GSM && total > GROUP_BYTES - STACK_BYTES)
    report("gsm-overflow",
           text("%zu bytes of group shared memory, of which a group has %zu", total, GROUP_BYTES - STACK_BYTES), where, at);
}

/// `by`: what accesses, if it is more than an access.
inline Place locate(uintptr_t at, size_t bytes, bool write, const Where& where, const char* by = nullptr) {
  State& s = state();
  Core* core = s.core;
  if (on_device(at)) {
    size_t offset = at - reinterpret_cast<uintptr_t>(s.device);
    if (bytes > DEVICE_BYTES - offset)
      report("out-of-bounds", text("%s of %zu bytes beyond device memory", verb(write), bytes), where, at);
    return {GM, s.cells + offset, reinterpret_cast<uint8_t*>(s.backing) + offset};
  }
  bool shared = within(at, __start_kunlun_sm, __stop_kunlun_sm);
  if (shared || within(at, __start_kunlun_gsm, __stop_kunlun_gsm)) {
    int index = symbol_at(at);
    const Symbol* symbol = index < 0 ? nullptr : &s.symbols[static_cast<size_t>(index)];
    if (!symbol || at + bytes > symbol->at + symbol->bytes)
      report("out-of-bounds", text("%s of %zu bytes of %sshared memory", verb(write), bytes, shared ? "" : "group "),
             where, at);
    if (!shared && s.launch->cores > MAX_GROUP_CORES)
      report("group-shared-cores", text("group shared memory in a launch of more than %d cores", MAX_GROUP_CORES),
             where, at);
    touch_symbol(index, where, at);
    size_t from = at - symbol->at;
    Content& content = content_of(shared ? core->cluster->shared : core->group, index, from, from + bytes);
    return {shared ? SM : GSM, content.cells + from, reinterpret_cast<uint8_t*>(at)};
  }
  if (Core* owner = stack_owner(at)) {
    if (owner != core)
      report("foreign-local", text("%s of %zu bytes of another core's local memory", verb(write), bytes), where, at);
    uintptr_t bottom = core->frames.empty() ? core->top : core->frames.back();
    if (at < bottom || at + bytes > core->top + ARGUMENT_BYTES)
      report("out-of-bounds", text("%s of %zu bytes of local memory beyond what is in use", verb(write), bytes), where,
             at);
    size_t index = at - (core->top - WINDOW_BYTES);
    core->dirty_low = std::min(core->dirty_low, index);
    core->dirty_high = std::max(core->dirty_high, index + bytes);
    return {LM, core->cells + index, reinterpret_cast<uint8_t*>(at)};
  }
  std::string what = by ? text("%s by %s", verb(write), by) : text("%s of %zu bytes", verb(write), bytes);
  if (at < 4096) report("null-pointer", what, where, at);
  if (functions().size() && at >= functions().begin()->first - (16 << 20) &&
      at <= functions().rbegin()->first + (64 << 20))
    report("global-variable", what + " of a global variable, or a shared one of a template", where, at);
  report("host-pointer", what + " through a pointer of the host", where, at);
}

inline bool launch_ordered(uint32_t earlier) {
  State& s = state();
  if (earlier == 0) return true;
  const Launch& other = s.launches[earlier - 1];
  return other.waited || other.stream == s.launch->stream;
}

inline std::string who(uint32_t launch, int cluster, int core) {
  if (launch != state().launch->id) return "kernel " + state().launches[launch - 1].name + " of another stream";
  return text("cluster %d, core %d", cluster, core);
}

/// One access of a core: is it legal, and what does it change?
inline void touch(const Place& place, uintptr_t at, size_t bytes, bool write, Unit unit, const Where& where,
                  bool defines = true) {
  State& s = state();
  Core* core = s.core;
  uint8_t cluster = static_cast<uint8_t>(core->cluster->id), me = static_cast<uint8_t>(core->id);
  uint32_t epoch = core->cluster->epoch, launch = s.launch->id;
  for (size_t i = 0; i < bytes; i++) {
    Cell& cell = place.cells[i];
    auto wrong = [&](const char* kind, const std::string& message) { report(kind, message, where, at + i); };
    auto what = [&] { return text("%s of %zu bytes of %s memory", verb(write), bytes, name_of(place.kind)); };
    if (place.kind == GM && !(cell.flags & ALLOCATED)) {
      const Buffer* b = buffer_near(at + i);
      bool freed = b && b->freed && at + i < b->at + b->bytes;
      wrong(freed ? "use-after-free" : "out-of-bounds", what() + text(", from byte %zu on", i));
    }
    if (cell.flags & INCOMING) wrong("missing-fence", what() + " that a transfer is in flight to");
    if (write && cell.outgoing) wrong("source-changed", what() + " that a transfer in flight is reading");
    if (!write && !(cell.flags & DEFINED)) wrong("uninitialised-read", what() + text(", from byte %zu on", i));

    bool mine = cell.write_launch == launch && cell.write_cluster == cluster && cell.write_core == me;
    if (place.kind == GM || place.kind == SM) {
      // Against the last write.
      bool raced = cell.write_launch == launch
                       ? cell.write_cluster != cluster || (cell.write_core != me && cell.write_epoch == epoch)
                       : !launch_ordered(cell.write_launch);
      if (raced)
        wrong("race", what() + " after a write by " + who(cell.write_launch, cell.write_cluster, cell.write_core) +
                          ", and no order between them");
      if (write && cell.read_launch) {
        raced = cell.read_launch == launch
                    ? (cell.flags & MANY_CLUSTERS) || cell.read_cluster != cluster ||
                          (cell.read_epoch == epoch && ((cell.flags & MANY_CORES) || cell.read_core != me))
                    : !launch_ordered(cell.read_launch);
        if (raced)
          wrong("race", what() + " after a read by " + who(cell.read_launch, cell.read_cluster, cell.read_core) +
                            (cell.flags & (MANY_CLUSTERS | MANY_CORES) ? " and others" : "") +
                            ", and no order between them");
      }
    }
    if (!write && cell.write_launch == launch && cell.unit != DMA) {
      // Has the write left the unit that made it?
      if (mine && cell.unit != unit && cell.write_fence == core->fences[place.kind])
        wrong("missing-write-fence",
              what() + (cell.unit == SCALAR ? " that the core wrote" : " that a vector was stored to") +
                  (unit == DMA ? ", by a transfer" : unit == VECTOR ? ", as a vector" : ", as a scalar") +
                  ", with no fence since");
      if (!mine && cell.write_cluster == cluster &&
          cell.write_fence >= core->cluster->cores[cell.write_core]->published[place.kind])
        wrong("missing-write-fence", what() + text(" that core %d wrote, with no fence before the barrier", cell.write_core));
    }

    if (write) {
      cell.write_launch = launch;
      cell.write_epoch = epoch;
      cell.write_cluster = cluster;
      cell.write_core = me;
      cell.write_fence = core->fences[place.kind];
      cell.unit = unit;
      if (defines) cell.flags |= DEFINED;
    } else {
      bool fresh = cell.read_launch != launch;
      if (fresh) {
        cell.flags &= static_cast<uint8_t>(~(MANY_CORES | MANY_CLUSTERS));
      } else if (cell.read_cluster != cluster) {
        cell.flags |= MANY_CLUSTERS;
      } else if (cell.read_epoch != epoch) {
        cell.flags &= static_cast<uint8_t>(~MANY_CORES);
      } else if (cell.read_core != me) {
        cell.flags |= MANY_CORES;
      }
      cell.read_launch = launch;
      cell.read_epoch = epoch;
      cell.read_cluster = cluster;
      cell.read_core = me;
    }
  }
}

inline void scalar_access(void* pointer, size_t bytes, bool write, void* pc) {
  if (!state().core) return;
  step();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  Where where{{}, pc};
  touch(locate(at, bytes, write, where), at, bytes, write, SCALAR, where);
}

}  // namespace kunlun_host
