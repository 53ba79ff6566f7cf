// What every context of a device is.
#pragma once
#include "paddle/phi/common/place.h"

namespace phi {

class DeviceContext {
 public:
  virtual ~DeviceContext() = default;
  virtual const Place& GetPlace() const = 0;
  virtual void Wait() const {}
};

}  // namespace phi
