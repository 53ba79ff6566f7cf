//@ kind: wrong-direction
// The kind of a copy contradicts its pointers.
#include "cases.h"

namespace wrong_direction {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  xpu_memcpy(f.host.data(), f.y, 4, XPU_HOST_TO_DEVICE);
  f.release();
  return code;}

int good() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
  f.release();
  return code;
}

}  // namespace wrong_direction
