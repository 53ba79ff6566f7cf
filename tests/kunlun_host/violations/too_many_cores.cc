//@ kind: launch-shape
// A cluster has 64 cores.
#include "cases.h"

namespace too_many_cores {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y, 12, 65);
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

}  // namespace too_many_cores
