//@ kind: out-of-bounds
// A copy of more than the buffer.
#include "cases.h"

namespace copy_out_of_bounds {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  std::vector<int> more(cases::N + 1);
  xpu_memcpy(more.data(), f.y, (cases::N + 1) * sizeof(int), XPU_DEVICE_TO_HOST);
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

}  // namespace copy_out_of_bounds
