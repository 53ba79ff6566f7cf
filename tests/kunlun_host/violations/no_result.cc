//@ kind: uninitialised-read
// A result is read that no kernel wrote.
#include "cases.h"

namespace no_result {

int bad() {
  cases::Fixture f;
  int code = 0;
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

}  // namespace no_result
