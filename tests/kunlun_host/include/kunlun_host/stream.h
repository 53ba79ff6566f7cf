// Launches of kernels on streams, and the waits for them.
#pragma once
#include <sys/mman.h>

#include <algorithm>

#include "kunlun_host/access.h"
#include "kunlun_host/session.h"
#include "xpu/runtime.h"

namespace kunlun_host {

inline Launch& new_launch(const std::string& name, void* stream, int clusters, int cores) {
  State& s = state();
  s.launches.push_back({static_cast<uint32_t>(s.launches.size()) + 1, name, stream, clusters, cores, false});
  return s.launches.back();
}

int run_kernel(const void* function, const char* name, int64_t clusters, int64_t cores, void* stream,
               std::function<void()> body, Site site) {
  Where where{site, nullptr};
  // The kernel, whatever the launch calls it.
  std::string shown = name;
  auto symbol = functions().find(reinterpret_cast<uintptr_t>(function));
  if (symbol != functions().end()) {
    shown = demangled(symbol->second);
    shown = shown.substr(0, shown.find('('));
  }
  if (fails(&Counts::launches, "launch", where, false, shown.c_str())) return 1;
  State& s = state();
  if (clusters < 1 || clusters > MAX_CLUSTERS || cores < 1 || cores > MAX_CORES)
    report("launch-shape", text("%s<<<%lld, %lld>>>: expected 1 to %d clusters of 1 to %d cores", name,
                                static_cast<long long>(clusters), static_cast<long long>(cores), MAX_CLUSTERS,
                                MAX_CORES), where);
  Launch launch = new_launch(shown, stream, static_cast<int>(clusters), static_cast<int>(cores));
  s.launch = &launch;
  s.touched.assign(s.symbols.size(), false);
  // What the kernel declares counts, touched or not.
  if (symbol != functions().end() && symbol->second.compare(0, 2, "_Z") == 0) {
    std::string prefix = "_ZZ" + symbol->second.substr(2) + "E";
    for (size_t i = 0; i < s.symbols.size(); i++)
      if (s.symbols[i].mangled.compare(0, prefix.size(), prefix) == 0)
        touch_symbol(static_cast<int>(i), where, s.symbols[i].at);
  }
  s.body = &body;
  s.steps = 0;
  // Some runs let every core go on until it has to wait, some switch all the time.
  static const uint32_t levels[] = {0, 2, 16, 128};
  s.eagerness = levels[s.random() % 4];
  std::vector<int> order;
  for (int i = 0; i < launch.clusters; i++) order.push_back(i);
  std::shuffle(order.begin(), order.end(), s.random);
  mprotect(s.device, DEVICE_BYTES, PROT_READ | PROT_WRITE);
  for (size_t i = 0; i < order.size(); i += PHYSICAL_CLUSTERS)
    run_wave({order.begin() + static_cast<ptrdiff_t>(i),
              order.begin() + static_cast<ptrdiff_t>(std::min(order.size(), i + PHYSICAL_CLUSTERS))});
  mprotect(s.device, DEVICE_BYTES, PROT_NONE);
  s.launch = nullptr;
  return 0;
}

}  // namespace kunlun_host

int xpu_wait(XPUStream stream, const char* file, int line) {
  using namespace kunlun_host;
  if (fails(&Counts::waits, "wait", {{file, line}, nullptr}, true)) return 1;
  for (Launch& launch : state().launches)
    if (launch.stream == stream) launch.waited = true;
  return XPU_SUCCESS;
}

int xpu_stream_create(XPUStream* stream) {
  *stream = reinterpret_cast<XPUStream>(static_cast<intptr_t>(++kunlun_host::state().streams));
  return XPU_SUCCESS;
}

int xpu_stream_destroy(XPUStream) { return XPU_SUCCESS; }
