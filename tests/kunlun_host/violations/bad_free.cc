//@ kind: bad-free
// What is freed is the middle of a buffer.
#include "cases.h"

namespace bad_free {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
  f.release();
  xpu_free(f.x + 1);
  return code;}

int good() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
  f.release();
  return code;
}

}  // namespace bad_free
