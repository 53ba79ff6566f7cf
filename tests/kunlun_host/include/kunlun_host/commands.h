// The library of operators: workspace, and commands that are no kernels of ours. A context of the host runs them at
// once; they are no commands then, but fail as these do.
#pragma once
#include <cstring>

#include "kunlun_host/buffers.h"
#include "kunlun_host/stream.h"
#include "xpu/xdnn.h"

namespace kunlun_host {

/// What a command reads or writes.
struct Range {
  const void* at;
  int64_t bytes;
  bool writes;
};

/// A command on the context's stream: what it may touch, and what it leaves behind in the cells.
inline void as_command(baidu::xpu::api::Context* ctx, const char* name, std::initializer_list<Range> ranges,
                       const Where& where) {
  State& s = state();
  Launch launch = new_launch(name, ctx->xpu_stream, 1, 1);
  s.launch = &launch;
  for (const Range& range : ranges) {
    uintptr_t at = reinterpret_cast<uintptr_t>(range.at);
    if (!on_device(at)) report("host-pointer", std::string(name) + ": expected device memory", where, at);
    Cell* cells = cells_of(range.at);
    for (uintptr_t i = 0; i < static_cast<uintptr_t>(range.bytes); i++) {
      Cell& cell = cells[i];
      auto what = [&] {
        return text("%s: %s of %lld bytes", name, verb(range.writes), static_cast<long long>(range.bytes));
      };
      if (!(cell.flags & ALLOCATED)) report("out-of-bounds", what(), where, at + i);
      if (!range.writes && !(cell.flags & DEFINED)) report("uninitialised-read", what(), where, at + i);
      for (uint32_t id : {cell.write_launch, range.writes ? cell.read_launch : 0u})
        if (!launch_ordered(id))
          report("race", std::string(name) + ": no order with " + s.launches[id - 1].name + " on another stream", where,
                 at + i);
      (range.writes ? cell.write_launch : cell.read_launch) = launch.id;
      if (!range.writes) continue;
      cell.unit = DMA;
      cell.flags |= DEFINED;
    }
  }
  s.launch = nullptr;
}

}  // namespace kunlun_host

namespace baidu {
namespace xpu {
namespace api {

void* ctx_guard::bytes(int64_t count, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  check_size(count, "workspace", where);
  void* taken;
  if (ctx_->dev().type() == kCPU) {
    if (fails_on_host("allocation", where)) return nullptr;
    taken = ::operator new(static_cast<size_t>(count));
    memset(taken, POISON, static_cast<size_t>(count));
  } else {
    if (fails(&Counts::allocations, "allocation", where)) return nullptr;
    taken = allocate(static_cast<uint64_t>(count), true, where.site);
  }
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

int copy_bytes(Context* ctx, const void* from, void* to, int64_t bytes, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  check_size(bytes, "copy", where);
  if (ctx->dev().type() == kCPU) {
    if (fails_on_host("copy", where)) return RUNTIME_ERROR;
    memmove(to, from, static_cast<size_t>(bytes));
    return SUCCESS;
  }
  if (fails(&Counts::d2d, "copy", where)) return RUNTIME_ERROR;
  state().counts.d2d_bytes += bytes;
  as_command(ctx, "copy", {{from, bytes, false}, {to, bytes, true}}, where);
  memmove(backing_of(to), backing_of(from), static_cast<size_t>(bytes));
  return SUCCESS;
}

int fill(Context* ctx, void* to, int64_t len, const void* value, size_t size, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  int64_t bytes = len * static_cast<int64_t>(size);
  check_size(bytes, "constant", where);
  bool host = ctx->dev().type() == kCPU;
  if (host && fails_on_host("constant", where)) return RUNTIME_ERROR;
  if (!host) {
    if (fails(&Counts::fills, "constant", where)) return RUNTIME_ERROR;
    as_command(ctx, "constant", {{to, bytes, true}}, where);
  }
  uint8_t* target = host ? static_cast<uint8_t*>(to) : backing_of(to);
  for (int64_t i = 0; i < len; i++) memcpy(target + static_cast<size_t>(i) * size, value, size);
  return SUCCESS;
}

int convert(Context* ctx, const void* from, size_t from_size, void* to, size_t to_size, int64_t len,
            void (*each)(const void*, void*, int64_t), const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  check_size(len, "cast", where);
  if (ctx->dev().type() == kCPU) {
    if (fails_on_host("cast", where)) return RUNTIME_ERROR;
    each(from, to, len);
    return SUCCESS;
  }
  if (fails(&Counts::launches, "cast", where)) return RUNTIME_ERROR;
  int64_t read = len * static_cast<int64_t>(from_size), written = len * static_cast<int64_t>(to_size);
  as_command(ctx, "cast", {{from, read, false}, {to, written, true}}, where);
  each(backing_of(from), backing_of(to), len);
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

bool wrapper_fails(Context* ctx, const char* wrapper, const char* file, int line) {
  return ctx->dev().type() == kCPU && kunlun_host::fails_on_host("wrapper", {{file, line}, nullptr}, wrapper);
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
