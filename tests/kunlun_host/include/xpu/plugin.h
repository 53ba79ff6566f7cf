// What the header of a plugin begins with; its declarations are the plugin's own.
#pragma once
#include "xpu/refactor/impl_public/wrapper_check.h"
#include "xpu/runtime.h"
#include "xpu/xdnn.h"

#define DLL_EXPORT __attribute__((visibility("default")))
namespace fastdeploy {
namespace plugin {
namespace api = baidu::xpu::api;
}  // namespace plugin
}  // namespace fastdeploy
