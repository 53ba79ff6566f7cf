// A run of a test: the device, faults of the host, counted events and those that fail.
#pragma once
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "kunlun_host/memory.h"

extern "C" {
void* __asan_get_report_pc() __attribute__((weak));
const char* __asan_get_report_description() __attribute__((weak));
}

namespace kunlun_host {

inline void on_fault(int signal, siginfo_t* info, void* context) {
  uintptr_t at = reinterpret_cast<uintptr_t>(info->si_addr);
  void* pc = reinterpret_cast<void*>(static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] + 1);
  if (on_device(at) && !state().core)
    report("host-dereference", "the host follows a pointer of the device", {{}, pc}, at);
  report("crash", text("signal %d", signal), {{}, pc}, at);
}

inline void on_host_error() {
  void* pc = __asan_get_report_pc ? static_cast<char*>(__asan_get_report_pc()) + 1 : nullptr;
  report("host-memory", __asan_get_report_description ? __asan_get_report_description() : "", {{}, pc});
}

inline void start() {
  State& s = state();
  int memory = memfd_create("kunlun_host", 0);
  if (memory < 0 || ftruncate(memory, DEVICE_BYTES) != 0) report("host", "no device memory", {});
  s.device = static_cast<char*>(mmap(nullptr, DEVICE_BYTES, PROT_NONE, MAP_SHARED, memory, 0));
  s.backing = static_cast<char*>(mmap(nullptr, DEVICE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0));
  s.cells = static_cast<Cell*>(mmap(nullptr, DEVICE_BYTES * sizeof(Cell), PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  close(memory);
  if (s.device == MAP_FAILED || s.backing == MAP_FAILED || static_cast<void*>(s.cells) == MAP_FAILED)
    report("host", "no device memory", {});
  static char alternate[64 << 10];
  stack_t other{};
  other.ss_sp = alternate;
  other.ss_size = sizeof alternate;
  sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
  functions();
  atexit([] {
    if (state().begun) end();
  });
}

void begin(uint64_t seed) {
  State& s = state();
  if (!s.device) start();
  if (s.begun) end();
  s.seed = seed;
  s.random.seed(seed * 0x9E3779B97F4A7C15u + 1);
  // Pages that were used: cells are zero again.
  madvise(s.cells, (s.used + GAP_BYTES) * sizeof(Cell), MADV_DONTNEED);
  memset(s.backing, POISON, s.used);
  s.used = GAP_BYTES + (s.random() % 8) * 256;
  s.buffers.clear();
  s.launches.clear();
  s.counts = Counts();
  s.fail_at = 0;
  s.host_only = false;
  s.injected = false;
  s.begun = true;
}

inline void ensure_begun() {
  if (!state().begun) begin(1);
}

void end() {
  State& s = state();
  s.begun = false;
  for (const Buffer& buffer : s.buffers)
    if (!buffer.freed)
      report("leak", text("buffer %d of %zu bytes is never freed", buffer.id, buffer.bytes), {buffer.site, nullptr});
  if (s.injected) report("ignored-failure", "nobody was told that " + s.injected_what, {});
}

void fail_at(int64_t n) { state().fail_at = n; }
Counts counts() { return state().counts; }

bool returned(int code) {
  State& s = state();
  bool injected = s.injected;
  if (injected && code == 0) report("ignored-failure", "success is returned although " + s.injected_what, {});
  s.injected = false;
  return injected;
}

/// Counts an event, whose number is kept in `count`; whether it fails. `of`: the kernel or wrapper, if that is what fails.
inline bool fails_as(int64_t& count, const char* what, const Where& where, bool cleans_up, const std::string& of) {
  State& s = state();
  if (s.injected && !cleans_up)
    report("ignored-failure", std::string(what) + " although " + s.injected_what, where);
  count += 1;
  if (s.fail_at == 0 || s.counts.events() != s.fail_at) return false;
  s.injected = true;
  s.injected_kind = what;
  s.injected_of = of;
  s.injected_what = text("the %s at %s failed", what, line_of(where).c_str());
  return true;
}

/// A command of the device.
inline bool fails(int64_t Counts::*which, const char* what, const Where& where, bool cleans_up = false,
                  const std::string& of = "") {
  ensure_begun();
  State& s = state();
  if (s.host_only)
    report("device-command", std::string(what) + " in a call whose tensors are all on the host", where);
  return fails_as(s.counts.*which, what, where, cleans_up, of);
}

/// What the host does in place of a command: memory, copies, a wrapper. Nothing is counted outside a run: in a real
/// Paddle there is none.
inline bool fails_on_host(const char* what, const Where& where, const std::string& of = "") {
  return state().begun && fails_as(state().counts.on_host, what, where, false, of);
}

}  // namespace kunlun_host
