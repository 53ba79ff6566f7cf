//@ kind: leak
// A buffer is never freed.
#include "cases.h"

namespace leak {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
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

}  // namespace leak
