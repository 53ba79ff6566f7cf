// Cores as fibers: how one goes on and another waits, barriers, and a wave of clusters that run together.
#pragma once
#include <algorithm>
#include <cstring>

#include "kunlun_host/banks.h"
#include "kunlun_host/switch.h"

namespace kunlun_host {

/// A core with a stack: launches are many, so both are used again, and so is what their vectors took.
inline std::unique_ptr<Core> take_core() {
  State& s = state();
  if (!s.idle.empty()) {
    std::unique_ptr<Core> core = std::move(s.idle.back());
    s.idle.pop_back();
    core->state = Core::READY;
    core->fake_stack = nullptr;
    core->frames.clear();
    core->pending.clear();
    std::fill(core->fences, core->fences + 4, 1);
    std::fill(core->published, core->published + 4, 0);
    return core;
  }
  auto core = std::make_unique<Core>();
  core->stack = new_stack();
  core->cells = new Cell[WINDOW_BYTES + ARGUMENT_BYTES];
  return core;
}

/// From a core back to the scheduler.
inline void leave(bool for_good) {
  State& s = state();
  Core* core = s.core;
  if (__sanitizer_start_switch_fiber)
    __sanitizer_start_switch_fiber(for_good ? nullptr : &core->fake_stack, s.scheduler_bottom, s.scheduler_size);
  kunlun_host_switch(&core->at, s.scheduler);
  if (__sanitizer_finish_switch_fiber)
    __sanitizer_finish_switch_fiber(core->fake_stack, &s.scheduler_bottom, &s.scheduler_size);
}

inline void enter(Core* core) {
  State& s = state();
  own_banks(core);
  s.core = core;
  if (__sanitizer_start_switch_fiber) __sanitizer_start_switch_fiber(&s.scheduler_fake, core->stack, FIBER_BYTES);
  kunlun_host_switch(&s.scheduler, core->at);
  if (__sanitizer_finish_switch_fiber) __sanitizer_finish_switch_fiber(s.scheduler_fake, nullptr, nullptr);
  s.core = nullptr;
}

inline void yield() {
  if (state().eagerness && state().random() % 2) leave(false);
}

inline void step() {
  State& s = state();
  if (++s.steps > MAX_STEPS) report("hang", "the launch does not come to an end", {});
  if (s.eagerness && (s.random() & 255) < s.eagerness) leave(false);
}

inline void fiber_main() {
  State& s = state();
  Core* core = s.core;
  if (__sanitizer_finish_switch_fiber) __sanitizer_finish_switch_fiber(nullptr, &s.scheduler_bottom, &s.scheduler_size);
  (*s.body)();
  if (!core->pending.empty())
    report("missing-fence", text("the core returns with %zu transfers in flight", core->pending.size()),
           core->pending[0].where);
  Cluster* cluster = core->cluster;
  core->state = Core::DONE;
  cluster->done++;
  if (cluster->waiting) {
    for (auto& other : cluster->cores)
      if (other->state == Core::WAITING)
        report("missing-at-barrier",
               text("the core returns while core %d waits in %s of its cluster", other->id, other->barrier),
               {other->barrier_site, nullptr});
  }
  leave(true);
}

inline Core* stack_owner(uintptr_t at) {
  Core* core = state().core;
  auto on = [&](const Core* c) {
    uintptr_t stack = reinterpret_cast<uintptr_t>(c->stack);
    return c->stack && at >= stack && at < stack + FIBER_BYTES;
  };
  if (!core) return nullptr;
  if (on(core)) return core;
  for (auto& other : core->cluster->cores)
    if (on(other.get())) return other.get();
  return nullptr;
}

inline Core& here(const char* what) {
  if (!state().core) report("outside-kernel", std::string(what) + " in host code", {});
  return *state().core;
}

int core_id() { return here("core_id").id; }
int core_num() { return here("core_num"), state().launch->cores; }
int cluster_id() { return here("cluster_id").cluster->id; }
int cluster_num() { return here("cluster_num"), state().launch->clusters; }

void barrier(const char* name, const char* file, int line) {
  Core& core = here(name);
  Cluster& cluster = *core.cluster;
  Where where{{file, line}, nullptr};
  yield();
  if (cluster.done)
    report("missing-at-barrier", text("%s, and %d cores of the cluster have returned", name, cluster.done), where);
  // Those that wait do so in the same line: one of them stands for all.
  if (const Core* other = cluster.waiting ? cluster.first_waiting : nullptr)
    if (other->barrier_site.line != line || strcmp(other->barrier_site.file, file))
      report("divergent-barrier", text("%s, while core %d waits in that at %s:%d", name, other->id,
                                       other->barrier_site.file, other->barrier_site.line), where);
  if (!cluster.waiting) cluster.first_waiting = &core;
  core.barrier = name;
  core.barrier_site = where.site;
  if (++cluster.waiting < static_cast<int>(cluster.cores.size())) {
    core.state = Core::WAITING;
    leave(false);
    return;
  }
  cluster.waiting = 0;
  cluster.epoch++;
  for (auto& other : cluster.cores) {
    std::copy(other->fences, other->fences + 4, other->published);
    if (other->state != Core::WAITING) continue;
    other->state = Core::READY;
    cluster.ready.push_back(other.get());
  }
  yield();
}

/// Lets a core begin at the top of its stack. What one that returned before has left behind lies there.
inline void prepare(Core* core) {
  if (__asan_unpoison_memory_region)
    __asan_unpoison_memory_region(core->stack + FIBER_BYTES - LEFT_BEHIND_BYTES, LEFT_BEHIND_BYTES);
  core->at = begin_at(core->stack + FIBER_BYTES, fiber_main);
}

inline void run_wave(const std::vector<int>& ids) {
  State& s = state();
  std::vector<std::unique_ptr<Cluster>> clusters;
  for (int id : ids) {
    clusters.push_back(std::make_unique<Cluster>());
    Cluster& cluster = *clusters.back();
    cluster.id = id;
    for (int i = 0; i < s.launch->cores; i++) {
      cluster.cores.push_back(take_core());
      Core& core = *cluster.cores.back();
      core.cluster = &cluster;
      core.id = i;
      prepare(&core);
      cluster.ready.push_back(&core);
    }
  }
  std::vector<Cluster*> alive;
  for (auto& cluster : clusters) alive.push_back(cluster.get());
  Cluster* current = nullptr;
  while (!alive.empty()) {
    if (!current || s.random() % 32 == 0) current = alive[s.random() % alive.size()];
    if (current->ready.empty()) {
      // Its cores have all returned: whoever waits for one that has not was reported.
      alive.erase(std::find(alive.begin(), alive.end(), current));
      current = nullptr;
      continue;
    }
    size_t pick = s.random() % current->ready.size();
    Core* core = current->ready[pick];
    current->ready[pick] = current->ready.back();
    current->ready.pop_back();
    enter(core);
    if (core->state == Core::READY) current->ready.push_back(core);
  }
  leave_banks();
  for (auto& cluster : clusters) {
    give_back(cluster->shared);
    for (auto& core : cluster->cores) {
      give_back(core->group);
      s.idle.push_back(std::move(core));
    }
  }
}

}  // namespace kunlun_host
