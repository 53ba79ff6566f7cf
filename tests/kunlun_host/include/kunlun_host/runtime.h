// The strict host itself. Exactly one file of a program includes it. C++17, Linux on x86-64.
//
// Kernels are compiled with `-fsanitize=thread` and linked without that sanitizer: the calls that the compiler puts at
// every access (`__tsan_read4` ...) come here. README.md says what is checked.
#pragma once
#include <cxxabi.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "kunlun_host/calls.h"
#include "kunlun_host/launch.h"
#include "xpu/xdnn.h"

// --- limits ----------------------------------------------------------------------------------------------------------

namespace kunlun_host {

/// Status of a process that found a violation.
constexpr int EXIT_VIOLATION = 97;
/// Clusters of the chip; of more, the rest wait for their turn.
constexpr int PHYSICAL_CLUSTERS = 12;
constexpr int MAX_CLUSTERS = 255;
constexpr int MAX_CORES = 64;
/// Launches with more cores than this have no group shared memory: a core would share its group.
constexpr int MAX_GROUP_CORES = 16;
/// Bytes of a core's local memory, locals and calls included.
constexpr size_t LOCAL_BYTES = 8 << 10;
/// Bytes of it that calls below the kernel may take.
constexpr size_t STACK_BYTES = 4 << 10;
/// Bytes of a group, locals included.
constexpr size_t GROUP_BYTES = 32 << 10;
/// Bytes of a cluster's shared memory.
constexpr size_t SHARED_BYTES = 256 << 10;
/// Bytes that a vector access is aligned to.
constexpr size_t VECTOR_BYTES = 64;
/// Bytes of device memory, and those between two buffers.
constexpr size_t DEVICE_BYTES = 128 << 20;
constexpr size_t GAP_BYTES = 4 << 10;
/// Bytes of a fiber's stack; the runtime runs on it too.
constexpr size_t FIBER_BYTES = 256 << 10;
/// Bytes of it, from the kernel's frame down, that have cells; and those above it, where arguments lie.
constexpr size_t WINDOW_BYTES = 16 << 10;
constexpr size_t ARGUMENT_BYTES = 512;
/// Accesses of one launch before it is taken for a hang.
constexpr uint64_t MAX_STEPS = 400'000'000;
/// What memory holds that nothing was written to.
constexpr int POISON = 0xDB;

// --- memory ----------------------------------------------------------------------------------------------------------

enum Flag : uint8_t {
  ALLOCATED = 1,
  DEFINED = 2,
  MANY_CORES = 4,     // read by several cores of the cluster since its last barrier
  MANY_CLUSTERS = 8,  // read by several clusters of the launch
  INCOMING = 16,      // a transfer will land here
};
/// Who accesses: their writes reach each other only over a fence.
enum Unit : uint8_t { SCALAR, VECTOR, DMA };
enum Kind : uint8_t { GM, SM, GSM, LM };

/// What is known of one byte.
struct Cell {
  uint32_t write_launch = 0, write_epoch = 0, write_fence = 0;
  uint32_t read_launch = 0, read_epoch = 0;
  uint8_t write_cluster = 0, write_core = 0, read_cluster = 0, read_core = 0;
  uint8_t flags = 0;
  uint8_t unit = DMA;
  uint16_t outgoing = 0;  // transfers that are reading it
};

struct Buffer {
  int id;
  uintptr_t at;
  size_t bytes;
  bool freed;
  bool workspace;
  Site site;
};

/// A `__shared__` or `__group_shared__` variable of the program.
struct Symbol {
  uintptr_t at;
  size_t bytes;
  Kind kind;
  std::string mangled, name;
};

/// The content of a symbol for one owner.
struct Content {
  std::vector<uint8_t> data;
  std::vector<Cell> cells;
};
typedef std::map<int, Content> Bank;

struct Where {
  Site site;
  void* pc = nullptr;
};

struct Pending {
  Transfer kind;
  const void* from;
  void* to;
  size_t bytes;
  Where where;
};

// --- cores -----------------------------------------------------------------------------------------------------------

struct Cluster;
struct Core {
  ucontext_t context;
  Cluster* cluster = nullptr;
  int id = 0;
  enum { READY, WAITING, DONE } state = READY;
  char* stack = nullptr;
  void* fake_stack = nullptr;
  uintptr_t top = 0;                // of the kernel's frame
  std::vector<uintptr_t> frames;    // lowest address of each
  Cell* cells = nullptr;            // of the window and the arguments
  uint32_t fences[4] = {1, 1, 1, 1};     // so far, by kind of memory
  uint32_t published[4] = {0, 0, 0, 0};  // of them, at the last barrier
  std::vector<Pending> pending;
  Bank group;
  const char* barrier = nullptr;
  Site barrier_site;
};

struct Cluster {
  int id = 0;
  uint32_t epoch = 1;
  int waiting = 0, done = 0;
  std::vector<std::unique_ptr<Core>> cores;
  std::vector<Core*> ready;
  Bank shared;
};

struct Launch {
  uint32_t id;
  std::string name;
  void* stream;
  int clusters, cores;
  bool waited;
};

/// What is used again by one core after another.
struct Fiber {
  char* stack;
  Cell* cells;
};

struct State {
  uint64_t seed = 0;
  std::mt19937_64 random{0};
  char* device = nullptr;   // what pointers point into; closed to the host
  char* backing = nullptr;  // the same memory, for the runtime
  Cell* cells = nullptr;
  size_t used = GAP_BYTES;
  std::vector<Buffer> buffers;
  std::vector<Symbol> symbols;
  std::vector<Launch> launches;
  Counts counts;
  int64_t fail_at = 0;
  bool injected = false;
  std::string injected_what;
  int streams = 0;
  bool begun = false;
  // The launch that runs.
  Launch* launch = nullptr;
  Core* core = nullptr;
  ucontext_t scheduler;
  void* scheduler_fake = nullptr;
  const void* scheduler_bottom = nullptr;
  size_t scheduler_size = 0;
  const std::function<void()>* body = nullptr;
  std::set<int> touched;     // symbols
  Bank* live_shared = nullptr;
  Bank* live_group = nullptr;
  uint64_t steps = 0;
  uint32_t eagerness = 0;    // of 256 accesses, how many let another core go on
  std::vector<Fiber> stacks;  // that no core has now
};

inline State& state() {
  static State* the = new State;
  return *the;
}

// --- reports ---------------------------------------------------------------------------------------------------------

}  // namespace kunlun_host

extern "C" {
void __sanitizer_symbolize_pc(void* pc, const char* format, char* out, size_t size) __attribute__((weak));
void __sanitizer_start_switch_fiber(void** save, const void* bottom, size_t size) __attribute__((weak));
void __sanitizer_finish_switch_fiber(void* save, const void** bottom, size_t* size) __attribute__((weak));
void __ubsan_get_current_report_data(const char** kind, const char** message, const char** file, unsigned* line,
                                     unsigned* column, char** address) __attribute__((weak));
extern char __start_kunlun_sm[] __attribute__((weak));
extern char __stop_kunlun_sm[] __attribute__((weak));
extern char __start_kunlun_gsm[] __attribute__((weak));
extern char __stop_kunlun_gsm[] __attribute__((weak));
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
  out += text("  seed: %llu\n", static_cast<unsigned long long>(s.seed));
  fflush(nullptr);
  if (write(2, out.data(), out.size()) < 0) _exit(EXIT_VIOLATION);
  _exit(EXIT_VIOLATION);
}

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
    return text("buffer %d + %zu of %zu bytes (global memory, allocated at %s:%d%s)", b->id, size_t(at - b->at),
                b->bytes, b->site.file, b->site.line, b->freed ? ", freed" : "");
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

// --- banks -----------------------------------------------------------------------------------------------------------

inline void save(Bank* bank, Kind kind) {
  if (!bank) return;
  for (int index : state().touched) {
    const Symbol& symbol = state().symbols[static_cast<size_t>(index)];
    if (symbol.kind != kind) continue;
    Content& content = (*bank)[index];
    content.data.assign(reinterpret_cast<uint8_t*>(symbol.at), reinterpret_cast<uint8_t*>(symbol.at) + symbol.bytes);
    if (content.cells.empty()) content.cells.resize(symbol.bytes);
  }
}

inline void load(Bank* bank, Kind kind) {
  for (int index : state().touched) {
    const Symbol& symbol = state().symbols[static_cast<size_t>(index)];
    if (symbol.kind != kind) continue;
    auto found = bank->find(index);
    if (found == bank->end())
      memset(reinterpret_cast<void*>(symbol.at), POISON, symbol.bytes);
    else
      memcpy(reinterpret_cast<void*>(symbol.at), found->second.data.data(), symbol.bytes);
  }
}

/// Makes shared memory that of a core's cluster, and group shared memory that of its group.
inline void own_banks(Core* core) {
  State& s = state();
  if (s.live_shared != &core->cluster->shared) {
    save(s.live_shared, SM);
    load(&core->cluster->shared, SM);
    s.live_shared = &core->cluster->shared;
  }
  if (s.live_group != &core->group) {
    save(s.live_group, GSM);
    load(&core->group, GSM);
    s.live_group = &core->group;
  }
}

// --- fibers ----------------------------------------------------------------------------------------------------------

inline Fiber take_fiber() {
  State& s = state();
  if (!s.stacks.empty()) {
    Fiber fiber = s.stacks.back();
    s.stacks.pop_back();
    return fiber;
  }
  size_t page = 4096;
  void* all = mmap(nullptr, FIBER_BYTES + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
  if (all == MAP_FAILED || mprotect(all, page, PROT_NONE) != 0) report("host", "no memory for a fiber", {});
  return {static_cast<char*>(all) + page, new Cell[WINDOW_BYTES + ARGUMENT_BYTES]};
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

// --- accesses --------------------------------------------------------------------------------------------------------

/// Memory that a core may touch.
struct Place {
  Kind kind;
  Cell* cells;
  uint8_t* data;
};

inline const char* name_of(Kind kind) {
  static const char* const names[] = {"global", "shared", "group shared", "local"};
  return names[kind];
}

inline const char* verb(bool write) { return write ? "write" : "read"; }

inline void touch_symbol(int index, const Where& where, uintptr_t at) {
  State& s = state();
  if (!s.touched.insert(index).second) return;
  const Symbol& symbol = s.symbols[static_cast<size_t>(index)];
  memset(reinterpret_cast<void*>(symbol.at), POISON, symbol.bytes);
  size_t total = 0;
  for (int other : s.touched)
    if (s.symbols[static_cast<size_t>(other)].kind == symbol.kind) total += s.symbols[static_cast<size_t>(other)].bytes;
  if (symbol.kind == SM && total > SHARED_BYTES)
    report("sm-overflow", text("%zu bytes of shared memory, of which a cluster has %zu", total, SHARED_BYTES), where, at);
  if (symbol.kind == GSM && total > GROUP_BYTES - STACK_BYTES)
    report("gsm-overflow",
           text("%zu bytes of group shared memory, of which a group has %zu", total, GROUP_BYTES - STACK_BYTES), where, at);
}

/// `by`: what accesses, if it is more than an access.
inline Place locate(uintptr_t at, size_t bytes, bool write, const Where& where, const char* by = nullptr) {
  State& s = state();
  Core* core = s.core;
  if (on_device(at)) {
    size_t offset = at - reinterpret_cast<uintptr_t>(s.device);
    if (bytes > DEVICE_BYTES - offset)
      report("out-of-bounds", text("%s of %zu bytes beyond device memory", verb(write), bytes), where, at);
    return {GM, s.cells + offset, reinterpret_cast<uint8_t*>(s.backing) + offset};
  }
  bool shared = within(at, __start_kunlun_sm, __stop_kunlun_sm);
  if (shared || within(at, __start_kunlun_gsm, __stop_kunlun_gsm)) {
    int index = symbol_at(at);
    const Symbol* symbol = index < 0 ? nullptr : &s.symbols[static_cast<size_t>(index)];
    if (!symbol || at + bytes > symbol->at + symbol->bytes)
      report("out-of-bounds", text("%s of %zu bytes of %sshared memory", verb(write), bytes, shared ? "" : "group "),
             where, at);
    if (!shared && s.launch->cores > MAX_GROUP_CORES)
      report("group-shared-cores", text("group shared memory in a launch of more than %d cores", MAX_GROUP_CORES),
             where, at);
    touch_symbol(index, where, at);
    Content& content = shared ? core->cluster->shared[index] : core->group[index];
    if (content.cells.empty()) content.cells.resize(symbol->bytes);
    return {shared ? SM : GSM, content.cells.data() + (at - symbol->at), reinterpret_cast<uint8_t*>(at)};
  }
  if (Core* owner = stack_owner(at)) {
    if (owner != core)
      report("foreign-local", text("%s of %zu bytes of another core's local memory", verb(write), bytes), where, at);
    uintptr_t bottom = core->frames.empty() ? core->top : core->frames.back();
    if (at < bottom || at + bytes > core->top + ARGUMENT_BYTES)
      report("out-of-bounds", text("%s of %zu bytes of local memory beyond what is in use", verb(write), bytes), where,
             at);
    return {LM, core->cells + (at - (core->top - WINDOW_BYTES)), reinterpret_cast<uint8_t*>(at)};
  }
  std::string what = by ? text("%s by %s", verb(write), by) : text("%s of %zu bytes", verb(write), bytes);
  if (at < 4096) report("null-pointer", what, where, at);
  if (functions().size() && at >= functions().begin()->first - (16 << 20) &&
      at <= functions().rbegin()->first + (64 << 20))
    report("global-variable", what + " of a global variable, or a shared one of a template", where, at);
  report("host-pointer", what + " through a pointer of the host", where, at);
}

inline bool launch_ordered(uint32_t earlier) {
  State& s = state();
  if (earlier == 0) return true;
  const Launch& other = s.launches[earlier - 1];
  return other.waited || other.stream == s.launch->stream;
}

inline std::string who(uint32_t launch, int cluster, int core) {
  if (launch != state().launch->id) return "kernel " + state().launches[launch - 1].name + " of another stream";
  return text("cluster %d, core %d", cluster, core);
}

/// One access of a core: is it legal, and what does it change?
inline void touch(const Place& place, uintptr_t at, size_t bytes, bool write, Unit unit, const Where& where,
                  bool defines = true) {
  State& s = state();
  Core* core = s.core;
  uint8_t cluster = static_cast<uint8_t>(core->cluster->id), me = static_cast<uint8_t>(core->id);
  uint32_t epoch = core->cluster->epoch, launch = s.launch->id;
  for (size_t i = 0; i < bytes; i++) {
    Cell& cell = place.cells[i];
    auto wrong = [&](const char* kind, const std::string& message) { report(kind, message, where, at + i); };
    auto what = [&] { return text("%s of %zu bytes of %s memory", verb(write), bytes, name_of(place.kind)); };
    if (place.kind == GM && !(cell.flags & ALLOCATED)) {
      const Buffer* b = buffer_near(at + i);
      bool freed = b && b->freed && at + i < b->at + b->bytes;
      wrong(freed ? "use-after-free" : "out-of-bounds", what() + text(", from byte %zu on", i));
    }
    if (cell.flags & INCOMING) wrong("missing-fence", what() + " that a transfer is in flight to");
    if (write && cell.outgoing) wrong("source-changed", what() + " that a transfer in flight is reading");
    if (!write && !(cell.flags & DEFINED)) wrong("uninitialised-read", what() + text(", from byte %zu on", i));

    bool mine = cell.write_launch == launch && cell.write_cluster == cluster && cell.write_core == me;
    if (place.kind == GM || place.kind == SM) {
      // Against the last write.
      bool raced = cell.write_launch == launch
                       ? cell.write_cluster != cluster || (cell.write_core != me && cell.write_epoch == epoch)
                       : !launch_ordered(cell.write_launch);
      if (raced)
        wrong("race", what() + " after a write by " + who(cell.write_launch, cell.write_cluster, cell.write_core) +
                          ", and no order between them");
      if (write && cell.read_launch) {
        raced = cell.read_launch == launch
                    ? (cell.flags & MANY_CLUSTERS) || cell.read_cluster != cluster ||
                          (cell.read_epoch == epoch && ((cell.flags & MANY_CORES) || cell.read_core != me))
                    : !launch_ordered(cell.read_launch);
        if (raced)
          wrong("race", what() + " after a read by " + who(cell.read_launch, cell.read_cluster, cell.read_core) +
                            (cell.flags & (MANY_CLUSTERS | MANY_CORES) ? " and others" : "") +
                            ", and no order between them");
      }
    }
    if (!write && cell.write_launch == launch && cell.unit != DMA) {
      // Has the write left the unit that made it?
      if (mine && cell.unit != unit && cell.write_fence == core->fences[place.kind])
        wrong("missing-write-fence",
              what() + (cell.unit == SCALAR ? " that the core wrote" : " that a vector was stored to") +
                  (unit == DMA ? ", by a transfer" : unit == VECTOR ? ", as a vector" : ", as a scalar") +
                  ", with no fence since");
      if (!mine && cell.write_cluster == cluster &&
          cell.write_fence >= core->cluster->cores[cell.write_core]->published[place.kind])
        wrong("missing-write-fence", what() + text(" that core %d wrote, with no fence before the barrier", cell.write_core));
    }

    if (write) {
      cell.write_launch = launch;
      cell.write_epoch = epoch;
      cell.write_cluster = cluster;
      cell.write_core = me;
      cell.write_fence = core->fences[place.kind];
      cell.unit = unit;
      if (defines) cell.flags |= DEFINED;
    } else {
      bool fresh = cell.read_launch != launch;
      if (fresh) {
        cell.flags &= static_cast<uint8_t>(~(MANY_CORES | MANY_CLUSTERS));
      } else if (cell.read_cluster != cluster) {
        cell.flags |= MANY_CLUSTERS;
      } else if (cell.read_epoch != epoch) {
        cell.flags &= static_cast<uint8_t>(~MANY_CORES);
      } else if (cell.read_core != me) {
        cell.flags |= MANY_CORES;
      }
      cell.read_launch = launch;
      cell.read_epoch = epoch;
      cell.read_cluster = cluster;
      cell.read_core = me;
    }
  }
}

inline void scalar_access(void* pointer, size_t bytes, bool write, void* pc) {
  if (!state().core) return;
  step();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  Where where{{}, pc};
  touch(locate(at, bytes, write, where), at, bytes, write, SCALAR, where);
}

// --- what kernels call -----------------------------------------------------------------------------------------------

inline Core& here(const char* what) {
  if (!state().core) report("outside-kernel", std::string(what) + " in host code", {});
  return *state().core;
}

int core_id() { return here("core_id").id; }
int core_num() { return here("core_num"), state().launch->cores; }
int cluster_id() { return here("cluster_id").cluster->id; }
int cluster_num() { return here("cluster_num"), state().launch->clusters; }

inline const char* name_of(Transfer kind) {
  static const char* const names[] = {"GM2LM", "LM2GM", "GM2SM", "SM2GM", "GM2GSM", "GSM2GM"};
  return names[kind];
}

inline Place end_of_transfer(Transfer transfer, Kind expected, uintptr_t at, size_t bytes, size_t room, bool write,
                             const Where& where) {
  Place place = locate(at, 1, write, where, name_of(transfer));
  if (place.kind != expected)
    report("wrong-memory", text("%s %s %s memory, expected %s", name_of(transfer), write ? "writes" : "reads",
                                name_of(place.kind), name_of(expected)), where, at);
  if (room != static_cast<size_t>(-1) && bytes > room)
    report("out-of-bounds", text("%s of %zu bytes by %s, of an object with %zu left", verb(write), bytes,
                                 name_of(transfer), room), where, at);
  return locate(at, bytes, write, where);
}

inline void land(Core& core, const Pending& t, bool was_in_flight) {
  (void)core;
  uintptr_t from = reinterpret_cast<uintptr_t>(t.from), to = reinterpret_cast<uintptr_t>(t.to);
  Place source = locate(from, t.bytes, false, t.where), target = locate(to, t.bytes, true, t.where);
  if (was_in_flight)
    for (size_t i = 0; i < t.bytes; i++) {
      source.cells[i].outgoing--;
      target.cells[i].flags &= static_cast<uint8_t>(~INCOMING);
    }
  touch(source, from, t.bytes, false, DMA, t.where);
  touch(target, to, t.bytes, true, DMA, t.where);
  memmove(target.data, source.data, t.bytes);
}

void transfer(Transfer kind, bool async, const void* from, size_t from_room, size_t from_element, void* to,
              size_t to_room, size_t to_element, int64_t bytes, const char* file, int line) {
  Core& core = here(name_of(kind));
  yield();
  Where where{{file, line}, nullptr};
  static const Kind sources[] = {GM, LM, GM, SM, GM, GSM}, targets[] = {LM, GM, SM, GM, GSM, GM};
  if (bytes <= 0) report("bad-size", text("%s of %lld bytes", name_of(kind), static_cast<long long>(bytes)), where);
  size_t size = static_cast<size_t>(bytes);
  if (size % from_element || size % to_element)
    report("bad-size", text("%s of %zu bytes, which are no whole elements of %zu and %zu", name_of(kind), size,
                            from_element, to_element), where);
  uintptr_t source_at = reinterpret_cast<uintptr_t>(from), target_at = reinterpret_cast<uintptr_t>(to);
  Place source = end_of_transfer(kind, sources[kind], source_at, size, from_room, false, where);
  Place target = end_of_transfer(kind, targets[kind], target_at, size, to_room, true, where);
  Pending one{kind, from, to, size, where};
  if (!async) {
    land(core, one, false);
    return;
  }
  touch(source, source_at, size, false, DMA, where);
  touch(target, target_at, size, true, DMA, where, false);
  for (size_t i = 0; i < size; i++) {
    source.cells[i].outgoing++;
    target.cells[i].flags = static_cast<uint8_t>((target.cells[i].flags | INCOMING) & ~DEFINED);
  }
  memset(target.data, POISON, size);
  core.pending.push_back(one);
  yield();
}

void fence(Fence kind, const char*, int) {
  Core& core = here("mfence");
  yield();
  if (kind == FENCE_ALL) {
    // In any order, and only now.
    std::shuffle(core.pending.begin(), core.pending.end(), state().random);
    std::vector<Pending> all;
    all.swap(core.pending);
    for (const Pending& one : all) land(core, one, true);
    core.fences[GM]++;
  }
  if (kind != FENCE_SM) core.fences[LM]++;
  if (kind != FENCE_LM) core.fences[SM]++;
  if (kind == FENCE_ALL || kind == FENCE_LM_SM) core.fences[GSM]++;
}

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

inline Place vector_place(Memory memory, uintptr_t at, size_t room, size_t bytes, bool write, const Where& where) {
  Place place = locate(at, 1, write, where, "a vector");
  Kind expected = memory == MEMORY_LM ? LM : SM;
  if (place.kind != expected)
    report("wrong-memory", text("vector %s of %s memory, expected %s", verb(write), name_of(place.kind),
                                name_of(expected)), where, at);
  if (at % VECTOR_BYTES)
    report("unaligned-vector", text("vector %s at an address that is no multiple of %zu", verb(write), VECTOR_BYTES),
           where, at);
  if (room != static_cast<size_t>(-1) && bytes > room)
    report("out-of-bounds", text("vector %s of %zu bytes, of an object with %zu left", verb(write), bytes, room), where,
           at);
  return locate(at, bytes, write, where);
}

/// Bytes up to the last lane of a mask.
inline size_t reach(int mask) {
  return mask == 0 ? 0 : 4 * (32 - static_cast<size_t>(__builtin_clz(static_cast<unsigned>(mask))));
}

void vector_read(Memory memory, const void* pointer, size_t room, int mask, int* lanes, const char* file, int line) {
  here("a vector load");
  step();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  Where where{{file, line}, nullptr};
  if (mask == 0) return;
  Place place = vector_place(memory, at, room, reach(mask), false, where);
  for (size_t i = 0; i < 16; i++) {
    if (!(mask >> i & 1)) continue;
    touch({place.kind, place.cells + 4 * i, place.data + 4 * i}, at + 4 * i, 4, false, VECTOR, where);
    memcpy(lanes + i, place.data + 4 * i, 4);
  }
}

void vector_write(Memory memory, void* pointer, size_t room, int mask, const int* lanes, const char* file, int line) {
  here("a vector store");
  step();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  Where where{{file, line}, nullptr};
  if (mask == 0) return;
  Place place = vector_place(memory, at, room, reach(mask), true, where);
  for (size_t i = 0; i < 16; i++) {
    if (!(mask >> i & 1)) continue;
    touch({place.kind, place.cells + 4 * i, place.data + 4 * i}, at + 4 * i, 4, true, VECTOR, where);
    memcpy(place.data + 4 * i, lanes + i, 4);
  }
}

inline Place lane_place(uintptr_t at, bool write, const Where& where) {
  Place place = locate(at, 4, write, where);
  if (place.kind != LM)
    report("wrong-memory", text("vector %s of %s memory, expected local", verb(write), name_of(place.kind)), where, at);
  return place;
}

void vector_gather(const void* pointer, const int* offsets, int mask, int* lanes, const char* file, int line) {
  here("a vector gather");
  step();
  Where where{{file, line}, nullptr};
  for (int i = 0; i < 16; i++) {
    if (!(mask >> i & 1)) continue;
    uintptr_t at = reinterpret_cast<uintptr_t>(pointer) + static_cast<uintptr_t>(static_cast<intptr_t>(offsets[i]));
    Place place = lane_place(at, false, where);
    touch(place, at, 4, false, VECTOR, where);
    memcpy(lanes + i, place.data, 4);
  }
}

void vector_scatter(void* pointer, const int* offsets, int mask, const int* lanes, const char* file, int line) {
  here("a vector scatter");
  step();
  Where where{{file, line}, nullptr};
  for (int i = 0; i < 16; i++) {
    if (!(mask >> i & 1)) continue;
    for (int k = 0; k < i; k++)
      if ((mask >> k & 1) && offsets[k] < offsets[i] + 4 && offsets[i] < offsets[k] + 4)
        report("race", text("lanes %d and %d of a scatter to one address", k, i), where);
    uintptr_t at = reinterpret_cast<uintptr_t>(pointer) + static_cast<uintptr_t>(static_cast<intptr_t>(offsets[i]));
    Place place = lane_place(at, true, where);
    touch(place, at, 4, true, VECTOR, where);
    memcpy(place.data, lanes + i, 4);
  }
}

void vector_undefined(const char* file, int line) {
  report("uninitialised-read", "a vector that nothing was assigned to", {{file, line}, nullptr});
}

void unsupported(const char* what, const char* file, int line) {
  report("unsupported", what, {{file, line}, nullptr});
}

// --- frames ----------------------------------------------------------------------------------------------------------

inline void function_entry(uintptr_t bottom, uintptr_t frame, void* pc) {
  State& s = state();
  Core* core = s.core;
  if (!core) return;
  uintptr_t above;
  if (core->frames.empty()) {
    core->top = above = frame + 16;
    std::fill(core->cells + WINDOW_BYTES, core->cells + WINDOW_BYTES + ARGUMENT_BYTES, Cell());
    for (size_t i = 0; i < ARGUMENT_BYTES; i++) core->cells[WINDOW_BYTES + i].flags = DEFINED;
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
  for (uintptr_t at = bottom; at < above; at++) core->cells[at - (core->top - WINDOW_BYTES)] = Cell();
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

namespace kunlun_host {

// --- the device ------------------------------------------------------------------------------------------------------

inline void on_fault(int signal, siginfo_t* info, void* context) {
  uintptr_t at = reinterpret_cast<uintptr_t>(info->si_addr);
  void* pc = reinterpret_cast<void*>(static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] + 1);
  if (on_device(at) && !state().core)
    report("host-dereference", "the host follows a pointer of the device", {{}, pc}, at);
  report("crash", text("signal %d", signal), {{}, pc}, at);
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

/// Counts an event; whether it fails.
inline bool fails(int64_t Counts::*which, const char* what, const Where& where, bool cleans_up = false) {
  ensure_begun();
  State& s = state();
  if (s.injected && !cleans_up)
    report("ignored-failure", std::string(what) + " although " + s.injected_what, where);
  s.counts.*which += 1;
  if (s.fail_at == 0 || s.counts.events() != s.fail_at) return false;
  s.injected = true;
  s.injected_what = text("the %s at %s failed", what, line_of(where).c_str());
  return true;
}

/// The host, or a command that is no kernel, touches device memory.
inline uint8_t* host_range(const void* pointer, size_t bytes, bool write, const char* what, const Where& where) {
  State& s = state();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  if (!on_device(at)) report("host-pointer", std::string(what) + ": expected device memory", where, at);
  size_t offset = at - reinterpret_cast<uintptr_t>(s.device);
  for (size_t i = 0; i < bytes; i++) {
    Cell& cell = s.cells[offset + i];
    if (!(cell.flags & ALLOCATED)) {
      const Buffer* b = buffer_near(at + i);
      report(b && b->freed && at + i < b->at + b->bytes ? "use-after-free" : "out-of-bounds",
             text("%s: %s of %zu bytes, from byte %zu on", what, verb(write), bytes, i), where, at + i);
    }
    for (uint32_t id : {cell.write_launch, write ? cell.read_launch : 0u})
      if (id && !s.launches[id - 1].waited)
        report("not-waited", text("%s: %s of what %s uses, with no wait since", what, verb(write),
                                  s.launches[id - 1].name.c_str()), where, at + i);
    if (!write && !(cell.flags & DEFINED))
      report("uninitialised-read", text("%s: read of %zu bytes, from byte %zu on", what, bytes, i), where, at + i);
  }
  for (size_t i = 0; write && i < bytes; i++) {
    Cell& cell = s.cells[offset + i];
    cell = Cell();
    cell.flags = ALLOCATED | DEFINED;
  }
  return reinterpret_cast<uint8_t*>(s.backing) + offset;
}

inline void* allocate(uint64_t bytes, bool workspace, const Site& site) {
  State& s = state();
  size_t size = std::max<size_t>(bytes, 1);
  size_t room = (size + 255) / 256 * 256 + GAP_BYTES;
  if (room > DEVICE_BYTES || s.used + room > DEVICE_BYTES) report("host", "device memory is full", {site, nullptr});
  uintptr_t at = reinterpret_cast<uintptr_t>(s.device) + s.used;
  for (size_t i = 0; i < bytes; i++) s.cells[s.used + i].flags = ALLOCATED;
  memset(s.backing + s.used, POISON, room);
  s.used += room;
  s.buffers.push_back({static_cast<int>(s.buffers.size()) + 1, at, bytes, false, workspace, site});
  return reinterpret_cast<void*>(at);
}

inline void release(void* pointer, bool workspace, const Where& where) {
  State& s = state();
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  for (Buffer& buffer : s.buffers) {
    if (buffer.at != at || buffer.workspace != workspace) continue;
    if (buffer.freed) report("double-free", text("buffer %d is freed again", buffer.id), where, at);
    size_t offset = at - reinterpret_cast<uintptr_t>(s.device);
    for (size_t i = 0; i < buffer.bytes; i++) {
      Cell& cell = s.cells[offset + i];
      for (uint32_t id : {cell.write_launch, cell.read_launch})
        if (!workspace && id && !s.launches[id - 1].waited)
          report("not-waited", text("buffer %d is freed while %s may still use it", buffer.id,
                                    s.launches[id - 1].name.c_str()), where, at);
      cell.flags = 0;
    }
    buffer.freed = true;
    return;
  }
  report("bad-free", "what is freed is no buffer", where, at);
}

inline Launch& new_launch(const std::string& name, void* stream, int clusters, int cores) {
  State& s = state();
  s.launches.push_back({static_cast<uint32_t>(s.launches.size()) + 1, name, stream, clusters, cores, false});
  return s.launches.back();
}

// Alone, for getcontext returns twice as far as the compiler knows.
inline void prepare(Core* core) {
  getcontext(&core->context);
  core->context.uc_stack.ss_sp = core->stack;
  core->context.uc_stack.ss_size = FIBER_BYTES;
  core->context.uc_link = nullptr;
  makecontext(&core->context, fiber_main, 0);
}

inline void run_wave(const std::vector<int>& ids) {
  State& s = state();
  std::vector<std::unique_ptr<Cluster>> clusters;
  for (int id : ids) {
    clusters.push_back(std::make_unique<Cluster>());
    Cluster& cluster = *clusters.back();
    cluster.id = id;
    for (int i = 0; i < s.launch->cores; i++) {
      cluster.cores.push_back(std::make_unique<Core>());
      Core& core = *cluster.cores.back();
      core.cluster = &cluster;
      core.id = i;
      Fiber fiber = take_fiber();
      core.stack = fiber.stack;
      core.cells = fiber.cells;
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
    for (auto& core : cluster->cores) s.stacks.push_back({core->stack, core->cells});
}

int run_kernel(const void* function, const char* name, int64_t clusters, int64_t cores, void* stream,
               std::function<void()> body, Site site) {
  Where where{site, nullptr};
  if (fails(&Counts::launches, "launch", where)) return 1;
  State& s = state();
  if (clusters < 1 || clusters > MAX_CLUSTERS || cores < 1 || cores > MAX_CORES)
    report("launch-shape", text("%s<<<%lld, %lld>>>: expected 1 to %d clusters of 1 to %d cores", name,
                                static_cast<long long>(clusters), static_cast<long long>(cores), MAX_CLUSTERS,
                                MAX_CORES), where);
  std::string shown = name;
  auto symbol = functions().find(reinterpret_cast<uintptr_t>(function));
  if (symbol != functions().end()) {
    shown = demangled(symbol->second);
    shown = shown.substr(0, shown.find('('));
  }
  Launch launch = new_launch(shown, stream, static_cast<int>(clusters), static_cast<int>(cores));
  s.launch = &launch;
  s.touched.clear();
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

// --- what host code calls --------------------------------------------------------------------------------------------

int xpu_malloc(void** pointer, uint64_t bytes, XPUMemoryKind, const char* file, int line) {
  using namespace kunlun_host;
  if (fails(&Counts::allocations, "allocation", {{file, line}, nullptr})) {
    *pointer = nullptr;
    return 1;
  }
  *pointer = allocate(bytes, false, {file, line});
  return XPU_SUCCESS;
}

int xpu_free(void* pointer, const char* file, int line) {
  using namespace kunlun_host;
  ensure_begun();
  state().counts.frees++;
  if (pointer) release(pointer, false, {{file, line}, nullptr});
  return XPU_SUCCESS;
}

int xpu_memcpy(void* to, const void* from, uint64_t bytes, XPUMemcpyKind kind, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  if (fails(&Counts::transfers, "transfer", where)) return 1;
  bool from_device = kind != XPU_HOST_TO_DEVICE, to_device = kind != XPU_DEVICE_TO_HOST;
  for (auto [pointer, device] : {std::pair<const void*, bool>(from, from_device), {to, to_device}})
    if (on_device(reinterpret_cast<uintptr_t>(pointer)) != device)
      report("wrong-direction", std::string("xpu_memcpy: expected ") + (device ? "device" : "host") + " memory", where,
             reinterpret_cast<uintptr_t>(pointer));
  const void* source = from_device ? host_range(from, bytes, false, "xpu_memcpy", where) : from;
  void* target = to_device ? host_range(to, bytes, true, "xpu_memcpy", where) : to;
  memmove(target, source, bytes);
  return XPU_SUCCESS;
}

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

namespace baidu {
namespace xpu {
namespace api {

void* ctx_guard::bytes(int64_t count, const char* file, int line) {
  using namespace kunlun_host;
  Site site{file, line};
  if (count <= 0) return nullptr;
  if (fails(&Counts::allocations, "allocation", {site, nullptr})) return nullptr;
  void* taken = ctx_->dev().type() == kCPU ? ::operator new(static_cast<size_t>(count))
                                           : allocate(static_cast<uint64_t>(count), true, site);
  taken_.push_back(taken);
  return taken;
}

ctx_guard::~ctx_guard() {
  for (void* taken : taken_)
    if (ctx_->dev().type() == kCPU)
      ::operator delete(taken);
    else
      kunlun_host::release(taken, true, {});
}

/// A command on the context's stream that is no kernel of ours.
inline void as_command(Context* ctx, const char* name, void* to, const void* from, int64_t bytes,
                       const std::function<void(uint8_t*)>& write, const kunlun_host::Where& where) {
  using namespace kunlun_host;
  State& s = state();
  Launch launch = new_launch(name, ctx->xpu_stream, 1, 1);
  s.launch = &launch;
  for (auto [pointer, writes] : {std::pair<const void*, bool>(from, false), {to, true}}) {
    uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
    if (!pointer) continue;
    if (!on_device(at)) report("host-pointer", std::string(name) + ": expected device memory", where, at);
    size_t offset = at - reinterpret_cast<uintptr_t>(s.device);
    for (int64_t i = 0; i < bytes; i++) {
      Cell& cell = s.cells[offset + static_cast<size_t>(i)];
      if (!(cell.flags & ALLOCATED))
        report("out-of-bounds", text("%s: %s of %lld bytes", name, verb(writes), static_cast<long long>(bytes)), where,
               at + static_cast<uintptr_t>(i));
      if (!writes && !(cell.flags & DEFINED))
        report("uninitialised-read", text("%s of %lld bytes", name, static_cast<long long>(bytes)), where,
               at + static_cast<uintptr_t>(i));
      for (uint32_t id : {cell.write_launch, writes ? cell.read_launch : 0u})
        if (!launch_ordered(id))
          report("race", std::string(name) + ": no order with " + s.launches[id - 1].name + " on another stream", where,
                 at + static_cast<uintptr_t>(i));
      (writes ? cell.write_launch : cell.read_launch) = launch.id;
      if (writes) {
        cell.unit = DMA;
        cell.flags |= DEFINED;
      }
    }
  }
  write(reinterpret_cast<uint8_t*>(s.backing) +
        (reinterpret_cast<uintptr_t>(to) - reinterpret_cast<uintptr_t>(s.device)));
  s.launch = nullptr;
}

int copy_bytes(Context* ctx, const void* from, void* to, int64_t bytes, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  if (fails(&Counts::launches, "copy", where)) return RUNTIME_ERROR;
  if (ctx->dev().type() == kCPU) {
    memmove(to, from, static_cast<size_t>(bytes));
    return SUCCESS;
  }
  as_command(ctx, "copy", to, from, bytes, [=](uint8_t* target) {
    memmove(target, state().backing + (static_cast<const char*>(from) - state().device), static_cast<size_t>(bytes));
  }, where);
  return SUCCESS;
}

int fill(Context* ctx, void* to, int64_t len, const void* value, size_t size, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  if (fails(&Counts::launches, "constant", where)) return RUNTIME_ERROR;
  auto write = [=](uint8_t* target) {
    for (int64_t i = 0; i < len; i++) memcpy(target + static_cast<size_t>(i) * size, value, size);
  };
  if (ctx->dev().type() == kCPU)
    write(static_cast<uint8_t*>(to));
  else
    as_command(ctx, "constant", to, nullptr, len * static_cast<int64_t>(size), write, where);
  return SUCCESS;
}

// Whether they drain the stream is not known: held to what xpu_memcpy is held to.
int do_host2device(Context* ctx, const void* from, void* to, int64_t bytes, const char* file, int line) {
  if (ctx->dev().type() == kCPU) return copy_bytes(ctx, from, to, bytes, file, line);
  return xpu_memcpy(to, from, static_cast<uint64_t>(bytes), XPU_HOST_TO_DEVICE, file, line) ? RUNTIME_ERROR : SUCCESS;
}
int do_device2host(Context* ctx, const void* from, void* to, int64_t bytes, const char* file, int line) {
  if (ctx->dev().type() == kCPU) return copy_bytes(ctx, from, to, bytes, file, line);
  return xpu_memcpy(to, from, static_cast<uint64_t>(bytes), XPU_DEVICE_TO_HOST, file, line) ? RUNTIME_ERROR : SUCCESS;
}

bool valid_memory(Context* ctx, const void* pointer, int64_t bytes) {
  using namespace kunlun_host;
  uintptr_t at = reinterpret_cast<uintptr_t>(pointer);
  if (bytes < 0 || !pointer) return false;
  if (ctx->dev().type() == kCPU) return !on_device(at);
  const Buffer* buffer = on_device(at) ? buffer_near(at) : nullptr;
  return buffer && !buffer->freed && at + static_cast<uintptr_t>(bytes) <= buffer->at + buffer->bytes;
}

}  // namespace api
}  // namespace xpu
}  // namespace baidu
