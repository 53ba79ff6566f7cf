// How one stack is left for another, without a call of the system: swapcontext makes two, and a launch switches
// thousands of times.
#pragma once
#include <sys/mman.h>

#include <cstdint>

#include "kunlun_host/report.h"

#ifndef __x86_64__
#error "expected x86-64"
#endif

extern "C" {
/// Keeps the registers that a call preserves on the stack, and the stack pointer in `*save`; goes on where `load` was kept.
void kunlun_host_switch(void** save, void* load) __attribute__((visibility("hidden")));
void __sanitizer_start_switch_fiber(void** save, const void* bottom, size_t size) __attribute__((weak));
void __sanitizer_finish_switch_fiber(void* save, const void** bottom, size_t* size) __attribute__((weak));
void __asan_unpoison_memory_region(const volatile void* at, size_t size) __attribute__((weak));
}

// The control words of floating point are kept too by the ABI, and nobody here changes them.
__asm__(R"(
  .pushsection .text
  .globl kunlun_host_switch
  .hidden kunlun_host_switch
  .type kunlun_host_switch, @function
kunlun_host_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size kunlun_host_switch, . - kunlun_host_switch
  .popsection
)");

namespace kunlun_host {

/// A stack above a page that nobody may touch.
inline char* new_stack() {
  size_t page = 4096;
  void* all = mmap(nullptr, FIBER_BYTES + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
  if (all == MAP_FAILED || mprotect(all, page, PROT_NONE) != 0) report("host", "no memory for a fiber", {});
  return static_cast<char*>(all) + page;
}

/// What `kunlun_host_switch` loads to enter a function on a new stack, which it must not leave: six registers, the
/// function, and where it would return to.
inline void* begin_at(char* top, void (*function)()) {
  uint64_t* at = reinterpret_cast<uint64_t*>(top) - 8;
  for (int i = 0; i < 8; i++) at[i] = 0;
  at[6] = reinterpret_cast<uint64_t>(function);
  return at;
}

}  // namespace kunlun_host
