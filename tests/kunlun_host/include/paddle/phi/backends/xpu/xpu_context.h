// Paddle's context of a device, which a Paddle without XPU does not have. Over either Paddle: the stand-in beside this
// folder, or a real one whose own file of this name is empty.
#pragma once
#include <stdexcept>

#include "paddle/phi/common/place.h"
#include "paddle/phi/core/device_context.h"
#include "xpu/xdnn.h"

namespace phi {

class XPUContext : public DeviceContext {
 public:
  explicit XPUContext(const XPUPlace& place) : place_(place) {}
  const Place& GetPlace() const override { return place_; }
  baidu::xpu::api::Context* x_context(int = 0) const { return &context_; }
  XPUStream stream(int = 0) const { return context_.xpu_stream; }
  void Wait() const override {
    if (xpu_wait(context_.xpu_stream) != XPU_SUCCESS) throw std::runtime_error("xpu_wait failed");
  }

 private:
  Place place_;
  mutable baidu::xpu::api::Context context_{baidu::xpu::api::kXPU3};
};

namespace backends {
namespace xpu {
inline int GetXPUCurrentDeviceId() { return 0; }
}  // namespace xpu
}  // namespace backends
}  // namespace phi
