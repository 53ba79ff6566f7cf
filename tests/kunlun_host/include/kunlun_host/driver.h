// The program around ops: reads calls from its input, makes them, and answers each with a line of JSON. README.md has
// the form of both.
#pragma once
#include <cstdio>

#include "kunlun_host/invoke.h"
#include "ops/utility/env.h"

namespace kunlun_host {

inline std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < ' ')
      out += kunlun_host::text("\\u%04x", c);
    else
      out += c;
  }
  return out + '"';
}

template <typename T, typename F>
std::string joined(const T& all, const F& each) {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : ",") + each(one);
  return out;
}

inline std::string dims_json(const std::vector<int64_t>& dims) {
  return "[" + joined(dims, [](int64_t dim) { return std::to_string(dim); }) + "]";
}

inline std::string tensor_json(const std::string& name, const paddle::Tensor& tensor) {
  Held held = held_by(tensor);
  size_t size = phi::SizeOf(tensor.dtype());
  std::vector<std::string> elements;
  for (size_t i = 0; i < held.defined.size(); i++) {
    const uint8_t* at = held.bytes.data() + i * size;
    int32_t narrow;
    int64_t wide;
    memcpy(&narrow, at, std::min(size, sizeof narrow));
    memcpy(&wide, at, std::min(size, sizeof wide));
    elements.push_back(!held.defined[i] ? "null" : std::to_string(size == 1 ? *at : size == 4 ? narrow : wide));
  }
  return quoted(name) + ":{\"dims\":" + dims_json(tensor.shape()) + ",\"data\":[" +
         joined(elements, [](const std::string& one) { return one; }) + "]}";
}

inline std::string counts_json() {
  typedef std::pair<const char*, int64_t> Entry;
  auto entry = [](const Entry& one) { return quoted(one.first) + ":" + std::to_string(one.second); };
  Counts c = counts();
  std::vector<Entry> commands = {{"launches", c.launches}, {"h2d", c.h2d},     {"d2h", c.d2h},
                                 {"d2d", c.d2d},           {"fills", c.fills}, {"waits", c.waits},
                                 {"device_allocs", c.allocations}};
  std::vector<Entry> bytes = {{"h2d", c.h2d_bytes}, {"d2h", c.d2h_bytes}, {"d2d", c.d2d_bytes}};
  return "\"commands\":{" + joined(commands, entry) + "},\"bytes\":{" + joined(bytes, entry) +
         "},\"events\":" + std::to_string(c.events());
}

inline std::string answer_json(const Call& call) {
  std::vector<std::string> outputs, inferred;
  for (size_t i = 0; i < call.given.size(); i++)
    if (call.op.in_place.count(call.op.inputs[i])) outputs.push_back(tensor_json(call.op.inputs[i], call.given[i]));
  std::vector<std::string> plain = plain_outputs(call.op);
  for (size_t i = 0; i < plain.size(); i++) {
    outputs.push_back(tensor_json(plain[i], call.results[i]));
    inferred.push_back(quoted(plain[i]) + ":{\"dims\":" + dims_json(call.shapes[i]) +
                       ",\"dtype\":" + quoted(phi::DataTypeToString(call.types[i])) + "}");
  }
  auto as_is = [](const std::string& one) { return one; };
  return "\"outputs\":{" + joined(outputs, as_is) + "},\"inferred\":{" + joined(inferred, as_is) + "}," + counts_json();
}

/// `left`: the caller's tensors that an output is in place of and that are others now.
inline std::string failure_json(const Call& call, const std::string& error, bool injected) {
  std::vector<std::string> left;
  for (size_t i = 0; i < call.given.size(); i++)
    if (call.op.in_place.count(call.op.inputs[i]) && !(held_by(call.given[i]) == call.before[i]))
      left.push_back(tensor_json(call.op.inputs[i], call.given[i]));
  const State& s = state();
  std::string failed;
  if (injected) failed = "\"failed\":{\"what\":" + quoted(s.injected_kind) + ",\"of\":" + quoted(s.injected_of) + "},";
  auto as_is = [](const std::string& one) { return one; };
  return "\"error\":" + quoted(error) + ",\"left\":{" + joined(left, as_is) + "}," + failed + counts_json();
}

inline void set_flags(const std::map<std::string, bool>& wanted) {
  for (auto& [name, flag] : flags()) *flag.at = flag.value;
  for (const auto& [name, value] : wanted) {
    if (!flags().count(name)) refuse("no flag " + name);
    auto [first, last] = flags().equal_range(name);
    for (auto one = first; one != last; ++one) *one->second.at = value;
  }
}

inline std::string answer(const Op& op, const Request& request) {
  Call call{op, {}, {}, {}, {}, {}, {}};
  give(call, request);
  fail_at(request.fail_at);
  std::string error;
  bool threw = true;
  Results returned;
  try {
    infer(call);
    returned = op.kernel.call(call.arguments);
    threw = false;
  } catch (const std::exception& exception) {
    error = exception.what();
  } catch (...) {
    error = "something that is no std::exception";
  }
  bool injected = kunlun_host::returned(threw);
  check_inputs(call);
  if (threw) return failure_json(call, error, injected);
  sort_results(call, returned);
  check_inferred(call);
  return answer_json(call);
}

/// Status 0 when all calls were answered, 2 for one that makes no sense, EXIT_VIOLATION after a report.
inline int drive(int, char**) {
  for (Request request; read_request(request);) {
    const Op* op = nullptr;
    for (const Op& one : ops())
      if (one.name == request.op) op = &one;
    if (!op) refuse("no op " + request.op);
    check_signature(*op);
    begin(request.seed);
    state().call = request.name;
    state().host_only = request.host_only;
    // An op that stops early has written no more than says why, and brings down what is there.
    state().poison_travels = true;
    set_flags(request.flags);
    std::string said = answer(*op, request);
    end();
    state().call.clear();
    printf("{\"name\":%s,%s}\n", quoted(request.name).c_str(), said.c_str());
    fflush(stdout);
  }
  return 0;
}

}  // namespace kunlun_host
