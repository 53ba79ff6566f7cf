//@ kind: not-waited
// An input is freed while the kernel may still read it.
#include "cases.h"

namespace freed_before_wait {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  xpu_free(f.x);
  f.wait();
  f.result();
  xpu_free(f.y);
  return code;}

int good() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
  f.release();
  return code;
}

}  // namespace freed_before_wait
