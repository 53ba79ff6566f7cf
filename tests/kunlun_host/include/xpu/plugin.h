// What the header of a plugin begins with; its declarations are the plugin's own.
#pragma once
#include "xpu/refactor/impl_public/wrapper_check.h"
#include "xpu/runtime.h"
#include "xpu/xdnn.h"

#define DLL_EXPORT __attribute__((visibility("default")))
// The 64-bit integer of the device is another type than the host's.
namespace xpu3 {
typedef long long int64_t;
}
namespace fd_xpu3 {
typedef xpu3::int64_t int64_t;
}
namespace fastdeploy {
namespace plugin {
namespace api = baidu::xpu::api;
}  // namespace plugin
}  // namespace fastdeploy
