//@ kind: not-waited
// The result is read before the kernel is done.
#include "cases.h"

namespace result_before_wait {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.result();
  f.wait();
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

}  // namespace result_before_wait
