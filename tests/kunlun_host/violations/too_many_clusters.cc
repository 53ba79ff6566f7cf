//@ kind: launch-shape
// A launch has 255 clusters at most.
#include "cases.h"

namespace too_many_clusters {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y, 256, 4);
  f.wait();
  f.result();
  f.release();
  return code;}

int good() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y, 255, 2);
  f.wait();
  f.result();
  f.release();
  return code;
}

}  // namespace too_many_clusters
