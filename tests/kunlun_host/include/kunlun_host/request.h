// The calls that the driver is asked for: words between blanks, in this order of lines, one call after another.
#pragma once
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "paddle/phi/common/data_type.h"

namespace kunlun_host {

/// A tensor that the caller has.
struct Given {
  std::string name;
  bool device = false;
  phi::DataType type = phi::DataType::UNDEFINED;
  std::vector<int64_t> dims;
  bool filled = false;  // else its content is undefined
  std::vector<int64_t> values;
};

struct Request {
  std::string name, op;
  uint64_t seed = 1;
  int64_t fail_at = 0;
  bool host_only = false;
  std::map<std::string, Given> tensors;
  std::map<std::string, std::pair<std::string, int64_t>> attributes;  // type, value
  std::map<std::string, bool> flags;
};

/// Ends the process: the request makes no sense, which says nothing about the op.
[[noreturn]] inline void refuse(const std::string& message) {
  std::cerr << "kunlun-host driver: " << message << std::endl;
  exit(2);
}

inline std::string word(const char* what) {
  std::string read;
  if (!(std::cin >> read)) refuse(std::string("expected ") + what + ", found the end");
  return read;
}

inline int64_t number(const char* what, int64_t least = std::numeric_limits<int64_t>::min()) {
  std::string read = word(what);
  if (read == "true" || read == "false") return read == "true";
  errno = 0;
  char* end = nullptr;
  long long value = strtoll(read.c_str(), &end, 10);
  if (*end || errno || value < least) refuse(std::string("expected ") + what + ", found " + read);
  return value;
}

/// Which of two words stands there: whether it is the second.
inline bool either(const char* first, const char* second) {
  std::string read = word(first);
  if (read != first && read != second) refuse(std::string("expected ") + first + " or " + second + ", found " + read);
  return read == second;
}

inline void check_value(const std::string& type, int64_t value, const std::string& what) {
  bool wide = type == "int64" || type == "int64_t";
  bool fits = type == "bool" ? value == 0 || value == 1 : wide || value == static_cast<int32_t>(value);
  if (!fits) refuse(what + ": " + std::to_string(value) + " is no " + type);
}

inline Given read_tensor(bool filled) {
  Given given;
  given.name = word("a name");
  given.device = either("host", "device");
  std::string type = word("a type");
  for (phi::DataType one : {phi::DataType::BOOL, phi::DataType::INT32, phi::DataType::INT64})
    if (type == phi::DataTypeToString(one)) given.type = one;
  if (given.type == phi::DataType::UNDEFINED) refuse(given.name + ": expected bool, int32 or int64, found " + type);
  int64_t elements = 1;
  for (int64_t rank = number("a rank", 0); rank > 0; rank--) {
    given.dims.push_back(number("a dim", 0));
    elements *= given.dims.back();
  }
  given.filled = filled;
  if (!filled) return given;
  int64_t count = number("a count", 0);
  if (count != elements) refuse(given.name + ": " + std::to_string(count) + " values for " + std::to_string(elements));
  for (int64_t i = 0; i < count; i++) {
    given.values.push_back(number("a value"));
    check_value(type, given.values.back(), given.name);
  }
  return given;
}

/// The next call; false at the end.
inline bool read_request(Request& request) {
  std::string head;
  if (!(std::cin >> head)) return false;
  if (head != "call") refuse("expected call, found " + head);
  request = Request();
  request.name = word("a name");
  request.seed = static_cast<uint64_t>(number("a seed", 0));
  request.fail_at = number("an event", 0);
  request.host_only = either("xpu", "cpu");
  for (;;) {
    std::string line = word("op, input, output, attr, flag or end");
    if (line == "end") break;
    if (line == "op") {
      request.op = word("an op");
    } else if (line == "input" || line == "output") {
      Given given = read_tensor(line == "input");
      if (!request.tensors.insert({given.name, given}).second) refuse(given.name + " is given twice");
    } else if (line == "attr") {
      std::string name = word("a name"), type = word("a type");
      int64_t value = number("a value");
      check_value(type, value, name);
      request.attributes[name] = {type, value};
    } else if (line == "flag") {
      std::string name = word("a name");
      request.flags[name] = number("0 or 1", 0) != 0;
    } else {
      refuse("expected op, input, output, attr, flag or end, found " + line);
    }
  }
  return true;
}

}  // namespace kunlun_host
