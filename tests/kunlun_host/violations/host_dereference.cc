//@ kind: host-dereference
// The host follows a pointer of the device.
#include "cases.h"

namespace host_dereference {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  f.wait();
  f.host[0] = f.y[0];
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

}  // namespace host_dereference
