//@ kind: bad-size
// Workspace for no element.
#include "cases.h"

namespace empty_workspace {

namespace api = baidu::xpu::api;

static int workspace(int count) {
  api::Context ctx{api::kXPU3};
  api::ctx_guard RAII_GUARD(&ctx);
  return RAII_GUARD.alloc<int>(count) ? api::SUCCESS : api::NO_ENOUGH_WORKSPACE;
}

int bad() { return workspace(0); }

int good() { return workspace(1); }

}  // namespace empty_workspace
