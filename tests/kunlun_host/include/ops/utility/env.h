// Flags of an op's file: read once, when the library is loaded, from the environment.
#pragma once
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>

namespace kunlun_host {

/// Where a flag is, and what it was loaded with.
struct LoadedFlag {
  bool* at;
  bool value;
};

/// Every flag of the program, for who sets them between calls.
inline std::multimap<std::string, LoadedFlag>& flags() {
  static std::multimap<std::string, LoadedFlag> all;
  return all;
}

inline bool load_flag(const std::string& name, bool otherwise, bool* at) {
  bool value = otherwise;
  const char* set = getenv(name.c_str());
  if (!set) set = getenv(("FLAGS_" + name).c_str());
  if (set) {
    std::string text = set;
    value = text == "true" || text == "1";
    if (!value && text != "false" && text != "0")
      throw std::invalid_argument(name + ": expected true, 1, false or 0, found " + text);
  }
  flags().insert({name, {at, value}});
  return value;
}

}  // namespace kunlun_host

#define XPU_DECLARE_BOOL(name, otherwise) \
  [[maybe_unused]] static bool FLAGS_##name = ::kunlun_host::load_flag(#name, otherwise, &FLAGS_##name);
