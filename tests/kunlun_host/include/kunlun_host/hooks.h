// What the compiler calls in kernels: at accesses, at both ends of functions, at undefined behaviour.
#pragma once
#include <algorithm>
#include <cstring>

#include "kunlun_host/access.h"
#include "kunlun_host/session.h"
#include "kunlun_host/transfer.h"

extern "C" {
void __ubsan_get_current_report_data(const char** kind, const char** message, const char** file, unsigned* line,
                                     unsigned* column, char** address) __attribute__((weak));
}

namespace kunlun_host {

/// Above the kernel's frame: arguments, which have a value.
inline const std::vector<Cell>& argument_cells() {
  static const std::vector<Cell> cells = [] {
    Cell defined;
    defined.flags = DEFINED;
    return std::vector<Cell>(ARGUMENT_BYTES, defined);
  }();
  return cells;
}

inline void function_entry(uintptr_t bottom, uintptr_t frame, void* pc) {
  State& s = state();
  Core* core = s.core;
  if (!core) return;
  uintptr_t above;
  if (core->frames.empty()) {
    core->top = above = frame + 16;
    memcpy(static_cast<void*>(core->cells + WINDOW_BYTES), argument_cells().data(), ARGUMENT_BYTES * sizeof(Cell));
  } else {
    above = core->frames.back();
  }
  core->frames.push_back(bottom);
  Where where{{}, pc};
  size_t depth = core->top - bottom;
  if (core->frames.size() > 1 && core->frames[0] - bottom > STACK_BYTES)
    report("stack-overflow", text("%zu bytes of stack in %zu calls below the kernel, of %zu", core->frames[0] - bottom,
                                  core->frames.size() - 1, STACK_BYTES), where);
  if (depth > LOCAL_BYTES)
    report("lm-overflow", text("%zu bytes of local memory, of which a core has %zu", depth, LOCAL_BYTES), where);
  size_t first = bottom - (core->top - WINDOW_BYTES), last = above - (core->top - WINDOW_BYTES);
  size_t from = std::max(first, core->dirty_low), to = std::min(last, core->dirty_high);
  if (from < to) memset(static_cast<void*>(core->cells + from), 0, (to - from) * sizeof(Cell));
  if (first <= core->dirty_low && from < to) core->dirty_low = to;
}

inline void function_exit(void* pc) {
  Core* core = state().core;
  if (!core || core->frames.empty()) return;
  uintptr_t bottom = core->frames.back();
  core->frames.pop_back();
  uintptr_t above = core->frames.empty() ? core->top : core->frames.back();
  for (const Pending& one : core->pending)
    for (uintptr_t at : {reinterpret_cast<uintptr_t>(one.from), reinterpret_cast<uintptr_t>(one.to)})
      if (at >= bottom && at < above) {
        core->frames.push_back(bottom);
        report("missing-fence", text("a function returns with %s from or to its locals in flight, begun at %s",
                                     name_of(one.kind), line_of(one.where).c_str()), {{}, pc}, at);
      }
}

}  // namespace kunlun_host

extern "C" {
#define KUNLUN_HOST_HOOK(name, bytes, write)                                                     \
  void name(void* at) { kunlun_host::scalar_access(at, bytes, write, __builtin_return_address(0)); }
KUNLUN_HOST_HOOK(__tsan_read1, 1, false)
KUNLUN_HOST_HOOK(__tsan_read2, 2, false)
KUNLUN_HOST_HOOK(__tsan_read4, 4, false)
KUNLUN_HOST_HOOK(__tsan_read8, 8, false)
KUNLUN_HOST_HOOK(__tsan_read16, 16, false)
KUNLUN_HOST_HOOK(__tsan_write1, 1, true)
KUNLUN_HOST_HOOK(__tsan_write2, 2, true)
KUNLUN_HOST_HOOK(__tsan_write4, 4, true)
KUNLUN_HOST_HOOK(__tsan_write8, 8, true)
KUNLUN_HOST_HOOK(__tsan_write16, 16, true)
KUNLUN_HOST_HOOK(__tsan_unaligned_read2, 2, false)
KUNLUN_HOST_HOOK(__tsan_unaligned_read4, 4, false)
KUNLUN_HOST_HOOK(__tsan_unaligned_read8, 8, false)
KUNLUN_HOST_HOOK(__tsan_unaligned_read16, 16, false)
KUNLUN_HOST_HOOK(__tsan_unaligned_write2, 2, true)
KUNLUN_HOST_HOOK(__tsan_unaligned_write4, 4, true)
KUNLUN_HOST_HOOK(__tsan_unaligned_write8, 8, true)
KUNLUN_HOST_HOOK(__tsan_unaligned_write16, 16, true)
#undef KUNLUN_HOST_HOOK
void __tsan_read_range(void* at, size_t bytes) {
  kunlun_host::scalar_access(at, bytes, false, __builtin_return_address(0));
}
void __tsan_write_range(void* at, size_t bytes) {
  kunlun_host::scalar_access(at, bytes, true, __builtin_return_address(0));
}
void __tsan_init() {}
// This function's frame lies right below that of the caller, which keeps a frame pointer.
__attribute__((noinline)) void __tsan_func_entry(void*) {
  uintptr_t mine = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  kunlun_host::function_entry(mine + 16, *reinterpret_cast<uintptr_t*>(mine), __builtin_return_address(0));
}
void __tsan_func_exit() { kunlun_host::function_exit(__builtin_return_address(0)); }

// What the sanitizer of addresses finds in host code ends the process as all else does, with its line and its call.
void __asan_on_error() { kunlun_host::on_host_error(); }

// What the sanitizer of undefined behaviour finds ends the process too, with the same status.
void __ubsan_on_report() {
  const char *kind = "", *message = "", *file = nullptr;
  unsigned line = 0, column = 0;
  char* address = nullptr;
  if (__ubsan_get_current_report_data)
    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
  kunlun_host::report("undefined", std::string(kind) + ": " + message, {{file, static_cast<int>(line)}, nullptr});
}
}
