// What the stand-in for Paddle declares and the strict host defines: memory of tensors, and the one device's context.
#pragma once
#include <cstring>
#include <memory>

#include "kunlun_host/buffers.h"
#include "paddle/extension.h"
#include "paddle/phi/backends/xpu/xpu_context.h"

namespace kunlun_host {

/// Poison; on the device, without a value. Paddle's pool takes it back in stream order.
inline std::shared_ptr<void> tensor_memory(const phi::Place& place, size_t bytes, const Site& site) {
  if (bytes == 0) return nullptr;
  if (place == phi::XPUPlace(0))
    return {allocate(bytes, true, site), [](void* memory) { release(memory, true, {}); }};
  if (place != phi::CPUPlace()) report("unsupported", "a tensor in " + place.DebugString(), {site, nullptr});
  void* memory = ::operator new(bytes);
  memset(memory, POISON, bytes);
  return {memory, [](void* taken) { ::operator delete(taken); }};
}

inline paddle::Tensor make_tensor(phi::DataType type, const phi::Place& place, const std::vector<int64_t>& dims,
                                  const Site& site) {
  size_t bytes = phi::SizeOf(type);
  for (int64_t dim : dims) bytes *= static_cast<size_t>(dim);
  return paddle::Tensor(
      std::make_shared<TensorContent>(TensorContent{type, place, dims, tensor_memory(place, bytes, site)}));
}

inline phi::XPUContext& device_context() {
  static phi::XPUContext context{phi::XPUPlace(0)};
  return context;
}

}  // namespace kunlun_host

namespace paddle {

namespace experimental {

DeviceContextPool& DeviceContextPool::Instance() {
  static DeviceContextPool pool;
  return pool;
}

const phi::DeviceContext* DeviceContextPool::Get(const Place& place) {
  PD_CHECK(place == phi::XPUPlace(0), "no context for ", place);
  return &kunlun_host::device_context();
}

}  // namespace experimental

Tensor empty(const IntArray& shape, DataType dtype, const Place& place, const char* file, int line) {
  using namespace kunlun_host;
  Where where{{file, line}, nullptr};
  bool any = true;
  for (int64_t dim : shape.GetData()) {
    PD_CHECK(dim >= 0, "a tensor with a dim of ", dim);
    any = any && dim > 0;
  }
  bool device = place.GetType() == AllocationType::XPU;
  if (any && (device ? fails(&Counts::allocations, "allocation", where) : fails_on_host("allocation", where)))
    throw PD_Exception(std::string("out of ") + (device ? "device" : "host") + " memory for a tensor");
  return make_tensor(dtype, place, shape.GetData(), where.site);
}

Tensor full(const IntArray& shape, const Scalar& value, DataType dtype, const Place& place, const char* file,
            int line) {
  namespace api = baidu::xpu::api;
  Tensor result = empty(shape, dtype, place, file, line);
  if (result.numel() == 0) return result;
  int64_t integer = value.to<int64_t>();
  if (dtype == DataType::BOOL) integer = integer != 0;
  if (dtype == DataType::FLOAT32) kunlun_host::report("unsupported", "full of floating point", {{file, line}, nullptr});
  size_t size = phi::SizeOf(dtype);
  if (result.is_cpu()) {
    // The lowest bytes are the number's.
    for (int64_t i = 0; i < result.numel(); i++)
      memcpy(static_cast<char*>(result.data()) + static_cast<size_t>(i) * size, &integer, size);
    return result;
  }
  api::Context* ctx = kunlun_host::device_context().x_context();
  int ret = api::fill(ctx, result.data(), result.numel(), &integer, size, file, line);
  PD_CHECK(ret == api::SUCCESS, "full: constant failed: ", ret);
  return result;
}

}  // namespace paddle
