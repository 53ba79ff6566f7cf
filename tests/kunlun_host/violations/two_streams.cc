//@ kind: race
// Two streams have no order: the second launch reads what the first one writes.
#include "cases.h"

namespace two_streams {

int bad() {
  cases::Fixture f;
  int* z = nullptr;
  xpu_malloc(reinterpret_cast<void**>(&z), cases::N * sizeof(int));
  f.launch(f.x, z);
  plain::twice<<<4, 16, nullptr>>>(z, f.y, cases::N);
  xpu_wait();
  f.wait();
  xpu_free(z);
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
  f.release();
  return code;}

int good() {
  cases::Fixture f;
  int* z = nullptr;
  xpu_malloc(reinterpret_cast<void**>(&z), cases::N * sizeof(int));
  f.launch(f.x, z);
  f.wait();
  plain::twice<<<4, 16, nullptr>>>(z, f.y, cases::N);
  xpu_wait();
  xpu_free(z);
  int code = f.launch(f.x, f.y);
  f.wait();
  f.result();
  f.release();
  return code;
}

}  // namespace two_streams
