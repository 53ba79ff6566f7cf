// Cores as fibers: how one goes on and another waits, barriers, and a wave of clusters that run together.
#pragma once
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <cstring>

#include "kunlun_host/memory.h"

extern "C" {
void __sanitizer_start_switch_fiber(void** save, const void* bottom, size_t size) __attribute__((weak));
void __sanitizer_finish_switch_fiber(void* save, const void** bottom, size_t* size) __attribute__((weak));
void __asan_unpoison_memory_region(const volatile void* at, size_t size) __attribute__((weak));
}

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
    core->group.clear();
    std::fill(core->fences, core->fences + 4, 1);
    std::fill(core->published, core->published + 4, 0);
    return core;
  }
  size_t page = 4096;
  void* all = mmap(nullptr, FIBER_BYTES + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
  if (all == MAP_FAILED || mprotect(all, page, PROT_NONE) != 0) report("host", "no memory for a fiber", {});
  auto core = std::make_unique<Core>();
  core->stack = static_cast<char*>(all) + page;
  core->cells = new Cell[WINDOW_BYTES + ARGUMENT_BYTES];
  return core;
}

/// From a core back to the scheduler.
inline void leave(bool for_good) {
  State& s = state();
  Core* core = s.core;
  if (__sanitizer_start_switch_fiber)
    __sanitizer_start_switch_fiber(for_good ? nullptr : &core->fake_stack, s.scheduler_bottom, s.scheduler_size);
  swapcontext(&core->context, &s.scheduler);
  if (__sanitizer_finish_switch_fiber)
    __sanitizer_finish_switch_fiber(core->fake_stack, &s.scheduler_bottom, &s.scheduler_size);
}

inline void enter(Core* core) {
  State& s = state();
  own_banks(core);
  s.core = core;
  if (__sanitizer_start_switch_fiber) __sanitizer_start_switch_fiber(&s.scheduler_fake, core->stack, FIBER_BYTES);
  swapcontext(&s.scheduler, &core->context);
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
  for (auto& other : cluster.cores)
    if (other->state == Core::WAITING && (other->barrier_site.line != line || strcmp(other->barrier_site.file, file)))
      report("divergent-barrier", text("%s, while core %d waits in that at %s:%d", name, other->id,
                                       other->barrier_site.file, other->barrier_site.line), where);
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

// Alone, for getcontext returns twice as far as the compiler knows.
inline void prepare(Core* core) {
  getcontext(&core->context);
  core->context.uc_stack.ss_sp = core->stack;
  core->context.uc_stack.ss_size = FIBER_BYTES;
  core->context.uc_link = nullptr;
  makecontext(&core->context, fiber_main, 0);
  // At each switch the sanitizer would forget what it knows of the whole stack. What a core left behind lies at its top.
  core->context.uc_stack.ss_size = 0;
  if (__asan_unpoison_memory_region)
    __asan_unpoison_memory_region(core->stack + FIBER_BYTES - LEFT_BEHIND_BYTES, LEFT_BEHIND_BYTES);
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
  s.live_shared = s.live_group = nullptr;
  for (auto& cluster : clusters)
    for (auto& core : cluster->cores) s.idle.push_back(std::move(core));
}

}  // namespace kunlun_host
