//@ kind: use-after-free
// A kernel is given a buffer that is free.
#include "cases.h"

namespace use_after_free {

int bad() {
  cases::Fixture f;
  int* old = f.y;
  xpu_free(f.y);
  xpu_malloc(reinterpret_cast<void**>(&f.y), cases::N * sizeof(int));
  f.launch(f.x, old);
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
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

}  // namespace use_after_free
