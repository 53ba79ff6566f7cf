//@ kind: not-waited
// The default stream is waited for, the kernel runs on another one.
#include "cases.h"

namespace wrong_stream {

int bad() {
  cases::Fixture f;
  int code = f.launch(f.x, f.y);
  xpu_wait();
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

}  // namespace wrong_stream
