//@ kind: host-memory
// The host reads beyond its own memory.
#include "cases.h"

namespace host_out_of_bounds {

static int last(int count) {
  std::vector<int> numbers(cases::N, 0);
  const int* data = numbers.data();
  return data[count];
}

int bad() { return last(cases::N); }

int good() { return last(cases::N - 1); }

}  // namespace host_out_of_bounds
