// What the strict host knows: limits, what is known of each byte, buffers, cores, launches.
#pragma once
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kunlun_host/calls.h"
#include "kunlun_host/launch.h"

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
/// Bytes of it, at the top, that the frames of a core take which has returned.
constexpr size_t LEFT_BEHIND_BYTES = 8 << 10;
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
enum Unit : uint8_t { DMA, SCALAR, VECTOR };
enum Kind : uint8_t { GM, SM, GSM, LM };

/// What is known of one byte. Nothing is known of one that is all zero.
struct Cell {
  uint32_t write_launch = 0, write_epoch = 0, write_fence = 0;
  uint32_t read_launch = 0, read_epoch = 0;
  uint8_t write_cluster = 0, write_core = 0, read_cluster = 0, read_core = 0;
  uint8_t flags = 0;
  uint8_t unit = 0;
  uint16_t outgoing = 0;  // transfers that are reading it
};

struct Buffer {
  int id;
  uintptr_t at;
  size_t bytes;
  bool freed;
  bool pooled;
  Site site;
};

/// A `__shared__` or `__group_shared__` variable of the program.
struct Symbol {
  uintptr_t at;
  size_t bytes;
  Kind kind;
  std::string mangled, name;
};

/// The content of a symbol for one owner. Beyond what was touched all is poison, and no cell knows anything.
struct Content {
  uint8_t* data = nullptr;  // while another owner goes on
  Cell* cells = nullptr;
  size_t low = 0, high = 0;  // what was touched
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
  void* at = nullptr;  // its stack pointer, while another goes on
  Cluster* cluster = nullptr;
  int id = 0;
  enum { READY, WAITING, DONE } state = READY;
  char* stack = nullptr;
  void* fake_stack = nullptr;
  uintptr_t top = 0;                // of the kernel's frame
  std::vector<uintptr_t> frames;    // lowest address of each
  Cell* cells = nullptr;            // of the window and the arguments
  size_t dirty_low = WINDOW_BYTES, dirty_high = 0;  // those that may know something: a frame is large, and used in part
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
  const Core* first_waiting = nullptr;
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

struct State {
  uint64_t seed = 0;
  std::string call;         // what the driver calls it
  bool host_only = false;   // no tensor of the call is on the device
  bool poison_travels = false;  // a copy may bring down more than was written: what arrives is poison
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
  std::string injected_what;            // as a report says it
  std::string injected_kind, injected_of;  // launch, of the kernel
  int streams = 0;
  bool begun = false;
  // The launch that runs.
  Launch* launch = nullptr;
  Core* core = nullptr;
  void* scheduler = nullptr;  // its stack pointer, while a core goes on
  void* scheduler_fake = nullptr;
  const void* scheduler_bottom = nullptr;
  size_t scheduler_size = 0;
  const std::function<void()>* body = nullptr;
  std::vector<bool> touched;  // symbols
  std::map<size_t, std::vector<Content>> spare;  // with their memory, by bytes of the symbol
  Bank* live_shared = nullptr;
  Bank* live_group = nullptr;
  uint64_t steps = 0;
  uint32_t eagerness = 0;    // of 256 accesses, how many let another core go on
  std::vector<std::unique_ptr<Core>> idle;  // with their stacks, for other launches
};

inline State& state() {
  static State* the = new State;
  return *the;
}

}  // namespace kunlun_host
