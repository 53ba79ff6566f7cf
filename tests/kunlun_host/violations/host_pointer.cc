//@ kind: host-pointer
// A kernel is given memory of the host.
#include "cases.h"

namespace host_pointer {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.host.data(), f.y);
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

}  // namespace host_pointer
