// Where an address is: buffers of the device, shared variables, and what these hold for each owner.
#pragma once
#include <cxxabi.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "kunlun_host/report.h"

extern "C" {
extern char __start_kunlun_sm[] __attribute__((weak));
extern char __stop_kunlun_sm[] __attribute__((weak));
extern char __start_kunlun_gsm[] __attribute__((weak));
extern char __stop_kunlun_gsm[] __attribute__((weak));
}

namespace kunlun_host {

inline bool on_device(uintptr_t at) {
  uintptr_t device = reinterpret_cast<uintptr_t>(state().device);
  return at >= device && at < device + DEVICE_BYTES;
}

/// The buffer at an address, or the one before it.
inline const Buffer* buffer_near(uintptr_t at) {
  const Buffer* found = nullptr;
  for (const Buffer& buffer : state().buffers)
    if (buffer.at <= at) found = &buffer;
  return found;
}

inline int symbol_at(uintptr_t at) {
  const std::vector<Symbol>& all = state().symbols;
  auto after = std::upper_bound(all.begin(), all.end(), at, [](uintptr_t a, const Symbol& s) { return a < s.at; });
  return static_cast<int>(after - all.begin()) - 1;
}

inline bool within(uintptr_t at, const char* start, const char* stop) {
  return start && at >= reinterpret_cast<uintptr_t>(start) && at < reinterpret_cast<uintptr_t>(stop);
}

inline Core* stack_owner(uintptr_t at);

inline std::string place_of(uintptr_t at) {
  if (on_device(at)) {
    const Buffer* b = buffer_near(at);
    if (!b) return text("device memory %p, before every buffer", reinterpret_cast<void*>(at));
    // A buffer of a caller has a name instead of a line.
    std::string from = b->site.line ? text("allocated at %s:%d", b->site.file, b->site.line) : text("%s", b->site.file);
    return text("buffer %d + %zu of %zu bytes (global memory, %s%s)", b->id, size_t(at - b->at), b->bytes, from.c_str(),
                b->freed ? ", freed" : "");
  }
  if (within(at, __start_kunlun_sm, __stop_kunlun_sm) || within(at, __start_kunlun_gsm, __stop_kunlun_gsm)) {
    int index = symbol_at(at);
    if (index < 0) return "shared memory, before every variable";
    const Symbol& symbol = state().symbols[static_cast<size_t>(index)];
    return text("%s + %zu of %zu bytes (%sshared memory)", symbol.name.c_str(), size_t(at - symbol.at), symbol.bytes,
                symbol.kind == GSM ? "group " : "");
  }
  Core* core = stack_owner(at);
  if (core)
    return text("local memory of cluster %d, core %d, %zd bytes below its top", core->cluster->id, core->id,
                static_cast<ssize_t>(core->top - at));
  return text("%p, which is no memory of a kernel", reinterpret_cast<void*>(at));
}

// --- symbols ---------------------------------------------------------------------------------------------------------

inline std::string demangled(const std::string& mangled) {
  int status = 0;
  char* out = abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status);
  std::string name = out ? out : mangled;
  free(out);
  return name;
}

/// Every function by address; fills in the shared variables.
inline std::map<uintptr_t, std::string>& functions() {
  static std::map<uintptr_t, std::string>* all = nullptr;
  if (all) return *all;
  all = new std::map<uintptr_t, std::string>;
  uintptr_t bias = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* out) {
        *static_cast<uintptr_t*>(out) = info->dlpi_addr;
        return 1;
      },
      &bias);
  int file = open("/proc/self/exe", O_RDONLY);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0) return *all;
  void* mapped = mmap(nullptr, static_cast<size_t>(about.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return *all;
  const char* base = static_cast<const char*>(mapped);
  const auto* head = reinterpret_cast<const Elf64_Ehdr*>(base);
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(base + head->e_shoff);
  for (int i = 0; i < head->e_shnum; i++) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const auto* first = reinterpret_cast<const Elf64_Sym*>(base + sections[i].sh_offset);
    const char* names = base + sections[sections[i].sh_link].sh_offset;
    for (size_t k = 0; k < sections[i].sh_size / sizeof(Elf64_Sym); k++) {
      const Elf64_Sym& symbol = first[k];
      uintptr_t at = symbol.st_value + bias;
      if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_value) (*all)[at] = names + symbol.st_name;
      if (ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT || symbol.st_size == 0) continue;
      bool shared = within(at, __start_kunlun_sm, __stop_kunlun_sm);
      if (!shared && !within(at, __start_kunlun_gsm, __stop_kunlun_gsm)) continue;
      std::string mangled = names + symbol.st_name;
      std::string name = demangled(mangled);
      size_t last = name.rfind("::");
      if (last != std::string::npos) name = name.substr(last + 2);
      state().symbols.push_back({at, symbol.st_size, shared ? SM : GSM, mangled, name});
    }
  }
  munmap(mapped, static_cast<size_t>(about.st_size));
  std::sort(state().symbols.begin(), state().symbols.end(),
            [](const Symbol& a, const Symbol& b) { return a.at < b.at; });
  return *all;
}

}  // namespace kunlun_host
