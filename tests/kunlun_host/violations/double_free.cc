//@ kind: double-free
// A buffer is freed twice.
#include "cases.h"

namespace double_free {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
  f.release();
  xpu_free(f.x);
  return code;}

int good() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
  f.release();
  return code;
}

}  // namespace double_free
