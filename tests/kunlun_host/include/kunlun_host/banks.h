// Shared memory: one object for the whole program, whose content is swapped whenever another owner goes on. Only what
// was touched of it moves: a kernel declares all that there is, and a launch has many owners.
#pragma once
#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "kunlun_host/memory.h"

namespace kunlun_host {

/// What an owner has of a symbol, which some bytes of it are touched of now.
inline Content& content_of(Bank& bank, int index, size_t from, size_t to) {
  Content& content = bank[index];
  if (!content.cells) {
    size_t bytes = state().symbols[static_cast<size_t>(index)].bytes;
    std::vector<Content>& spare = state().spare[bytes];
    if (spare.empty()) {
      // Of zeros, as far as it is used.
      void* taken = mmap(nullptr, bytes * (sizeof(Cell) + 1), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (taken == MAP_FAILED) report("host", "no memory for a bank", {});
      content.cells = static_cast<Cell*>(taken);
      content.data = reinterpret_cast<uint8_t*>(content.cells + bytes);
    } else {
      content = spare.back();
      spare.pop_back();
    }
    content.low = from;
    content.high = to;
  }
  content.low = std::min(content.low, from);
  content.high = std::max(content.high, to);
  return content;
}

inline uint8_t* live_bytes(int index, const Content& content) {
  return reinterpret_cast<uint8_t*>(state().symbols[static_cast<size_t>(index)].at) + content.low;
}

inline void save(Bank* bank) {
  if (!bank) return;
  for (auto& [index, content] : *bank) {
    memcpy(content.data + content.low, live_bytes(index, content), content.high - content.low);
    memset(live_bytes(index, content), POISON, content.high - content.low);
  }
}

inline void load(Bank* bank) {
  for (auto& [index, content] : *bank)
    memcpy(live_bytes(index, content), content.data + content.low, content.high - content.low);
}

/// An owner has come to its end.
inline void give_back(Bank& bank) {
  for (auto& [index, content] : bank) {
    memset(static_cast<void*>(content.cells + content.low), 0, (content.high - content.low) * sizeof(Cell));
    state().spare[state().symbols[static_cast<size_t>(index)].bytes].push_back(content);
  }
  bank.clear();
}

/// Makes shared memory that of a core's cluster, and group shared memory that of its group.
inline void own_banks(Core* core) {
  State& s = state();
  if (s.live_shared != &core->cluster->shared) {
    save(s.live_shared);
    load(&core->cluster->shared);
    s.live_shared = &core->cluster->shared;
  }
  if (s.live_group != &core->group) {
    save(s.live_group);
    load(&core->group);
    s.live_group = &core->group;
  }
}

/// Makes them nobody's.
inline void leave_banks() {
  State& s = state();
  save(s.live_shared);
  save(s.live_group);
  s.live_shared = s.live_group = nullptr;
}

}  // namespace kunlun_host
