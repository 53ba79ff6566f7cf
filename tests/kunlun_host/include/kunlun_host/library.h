// What else host code calls: allocations, copies, and the functions of the library.
#pragma once
#include <algorithm>
#include <cstring>

#include "kunlun_host/access.h"
#include "kunlun_host/session.h"
#include "kunlun_host/stream.h"
#include "xpu/xdnn.h"

namespace kunlun_host {

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
