// How a violation is said: the message, its line, and the end of the process.
#pragma once
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <string>

#include "kunlun_host/state.h"

extern "C" {
void __sanitizer_symbolize_pc(void* pc, const char* format, char* out, size_t size) __attribute__((weak));
}

namespace kunlun_host {

inline std::string text(const char* format, ...) __attribute__((format(printf, 1, 2)));
inline std::string text(const char* format, ...) {
  char out[512];
  va_list list;
  va_start(list, format);
  vsnprintf(out, sizeof out, format, list);
  va_end(list);
  return out;
}

inline std::string line_of(const Where& where) {
  if (where.site.file) return text("%s:%d", where.site.file, where.site.line);
  if (!where.pc) return "";
  char out[400];
  void* call = static_cast<char*>(where.pc) - 1;
  if (!__sanitizer_symbolize_pc) return text("pc %p", call);
  __sanitizer_symbolize_pc(call, "%s:%l in %f", out, sizeof out);
  return out;
}

inline std::string place_of(uintptr_t at);

/// Says what is wrong and ends the process.
[[noreturn]] inline void report(const char* kind, const std::string& message, const Where& where, uintptr_t at = 0) {
  State& s = state();
  std::string out = text("kunlun-host: %s: ", kind) + message + "\n";
  if (at) out += "  where: " + place_of(at) + "\n";
  if (s.launch) {
    out += text("  kernel: %s<<<%d, %d>>>", s.launch->name.c_str(), s.launch->clusters, s.launch->cores);
    if (s.core) out += text(", cluster %d, core %d", s.core->cluster->id, s.core->id);
    out += "\n";
  }
  std::string line = line_of(where);
  if (!line.empty()) out += "  line: " + line + "\n";
  if (!s.call.empty()) out += "  call: " + s.call + "\n";
  out += text("  seed: %llu\n", static_cast<unsigned long long>(s.seed));
  fflush(nullptr);
  if (write(2, out.data(), out.size()) < 0) _exit(EXIT_VIOLATION);
  _exit(EXIT_VIOLATION);
}

}  // namespace kunlun_host
