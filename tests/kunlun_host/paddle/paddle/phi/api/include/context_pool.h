// The context of each place.
#pragma once
#include "paddle/phi/core/device_context.h"

namespace paddle {
namespace experimental {

class DeviceContextPool {
 public:
  static DeviceContextPool& Instance();
  /// That of the one device; throws for any other place.
  const phi::DeviceContext* Get(const Place& place);
};

}  // namespace experimental
}  // namespace paddle
