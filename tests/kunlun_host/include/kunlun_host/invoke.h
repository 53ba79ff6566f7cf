// One call of an op as Paddle makes it: what is given in declared order, the infer functions, the kernel, its results.
#pragma once
#include <algorithm>

#include "kunlun_host/request.h"
#include "kunlun_host/signature.h"
#include "kunlun_host/tensors.h"

namespace kunlun_host {

/// What a tensor holds: its bytes, and which of its elements have a value. Memory of the host does not say: an element
/// of nothing but poison has none.
struct Held {
  std::vector<uint8_t> bytes;
  std::vector<bool> defined;
  bool by_kernel = false;  // some of it was written by a launch
  bool operator==(const Held& other) const { return bytes == other.bytes && defined == other.defined; }
};

inline Held held_by(const paddle::Tensor& tensor) {
  Held held;
  size_t size = phi::SizeOf(tensor.dtype()), count = static_cast<size_t>(tensor.numel());
  if (count == 0) return held;
  const uint8_t* data = tensor.is_cpu() ? static_cast<const uint8_t*>(tensor.data()) : backing_of(tensor.data());
  const Cell* cells = tensor.is_cpu() ? nullptr : cells_of(tensor.data());
  held.bytes.assign(data, data + size * count);
  for (size_t i = 0; i < count; i++) {
    bool any = false, all = true;
    for (size_t k = i * size; k < (i + 1) * size; k++) {
      bool defined = cells ? cells[k].flags & DEFINED : data[k] != POISON;
      any = any || defined;
      all = all && defined;
      held.by_kernel = held.by_kernel || (cells && cells[k].write_launch);
    }
    held.defined.push_back(cells ? all : any);
  }
  return held;
}

struct Call {
  const Op& op;
  Arguments arguments;
  std::vector<paddle::Tensor> given;  // by input: what the caller holds on to
  std::vector<Held> before;
  Shapes shapes;    // inferred, of the outputs that the kernel makes
  Types types;
  Results results;  // these outputs
};

inline void give(Call& call, const Request& request) {
  for (const std::string& name : call.op.inputs) {
    auto found = request.tensors.find(name);
    if (found == request.tensors.end()) refuse(call.op.name + ": no input " + name);
    const Given& given = found->second;
    bool device = given.device && !request.host_only;
    phi::Place place = device ? phi::Place(phi::XPUPlace(0)) : phi::Place(phi::CPUPlace());
    paddle::Tensor tensor = make_tensor(given.type, place, given.dims, {given.name.c_str(), 0});
    size_t size = phi::SizeOf(given.type);
    for (size_t i = 0; i < given.values.size(); i++) {
      uint8_t* data = device ? backing_of(tensor.data()) : static_cast<uint8_t*>(tensor.data());
      memcpy(data + i * size, &given.values[i], size);
      for (size_t k = 0; device && k < size; k++) cells_of(tensor.data())[i * size + k].flags |= DEFINED;
    }
    call.given.push_back(tensor);
    call.before.push_back(held_by(tensor));
    call.arguments.shapes.push_back(given.dims);
    call.arguments.dtypes.push_back(given.type);
  }
  call.arguments.tensors = call.given;
  if (call.given.size() != request.tensors.size()) refuse(call.op.name + ": a tensor that is no input of it");
  for (const Attribute& attribute : attributes_of(call.op)) {
    auto found = request.attributes.find(attribute.name);
    if (found == request.attributes.end() || found->second.first != attribute.type)
      refuse(call.op.name + ": expected the attribute " + attribute.name + " of type " + attribute.type);
    call.arguments.attributes.push_back(found->second.second);
  }
}

inline void infer(Call& call) {
  size_t plain = plain_outputs(call.op).size();
  if (call.op.infer_shape.call) call.shapes = call.op.infer_shape.call(call.arguments);
  else if (plain) call.shapes = call.arguments.shapes;
  if (call.op.infer_dtype.call) call.types = call.op.infer_dtype.call(call.arguments);
  else if (plain) call.types = call.arguments.dtypes;
  if (call.shapes.size() != plain)
    wrong_signature(call.op, text("InferShape returns %zu shapes, expected %zu: outputs in place are none of them",
                                  call.shapes.size(), plain));
  if (call.types.size() != plain)
    wrong_signature(call.op, text("InferDtype returns %zu types, expected %zu: outputs in place are none of them",
                                  call.types.size(), plain));
}

/// Of what the kernel returned, the outputs that it made; those in place may stand among them.
inline void sort_results(Call& call, const Results& returned) {
  const Op& op = call.op;
  std::vector<std::string> plain = plain_outputs(op);
  if (returned.size() != plain.size() && returned.size() != op.outputs.size())
    wrong_signature(op, text("the kernel returns %zu tensors, expected %zu, or %zu with those in place",
                             returned.size(), plain.size(), op.outputs.size()));
  if (returned.size() == plain.size()) {
    call.results = returned;
    return;
  }
  for (size_t i = 0; i < returned.size(); i++) {
    if (std::find(plain.begin(), plain.end(), op.outputs[i]) != plain.end()) {
      call.results.push_back(returned[i]);
      continue;
    }
    for (size_t k = 0; k < op.inputs.size(); k++) {
      auto pair = op.in_place.find(op.inputs[k]);
      if (pair != op.in_place.end() && pair->second == op.outputs[i] && !returned[i].kunlun_host_same(call.given[k]))
        wrong_signature(op, op.outputs[i] + " is in place of " + op.inputs[k] + ", and is another tensor");
    }
  }
}

/// What was inferred holds for what was made.
inline void check_inferred(const Call& call) {
  std::vector<std::string> plain = plain_outputs(call.op);
  for (size_t i = 0; i < plain.size(); i++) {
    const paddle::Tensor& made = call.results[i];
    if (!made.defined()) wrong_signature(call.op, plain[i] + " is a tensor that nothing was assigned to");
    if (made.dtype() != call.types[i])
      wrong_signature(call.op, plain[i] + " is a tensor of " + phi::DataTypeToString(made.dtype()) + ", inferred was " +
                                   phi::DataTypeToString(call.types[i]));
    std::vector<int64_t> dims = made.shape();
    if (dims.size() != call.shapes[i].size())
      wrong_signature(call.op, text("%s is of rank %zu, inferred was %zu", plain[i].c_str(), dims.size(),
                                    call.shapes[i].size()));
    for (size_t k = 0; k < dims.size(); k++)
      if (call.shapes[i][k] != -1 && call.shapes[i][k] != dims[k])
        wrong_signature(call.op, text("%s has %lld as dim %zu, inferred was %lld", plain[i].c_str(),
                                      static_cast<long long>(dims[k]), k, static_cast<long long>(call.shapes[i][k])));
  }
}

/// Inputs are as they were, and those in place are still the caller's tensors.
inline void check_inputs(const Call& call) {
  for (size_t i = 0; i < call.given.size(); i++) {
    const std::string& name = call.op.inputs[i];
    if (!call.arguments.tensors[i].kunlun_host_same(call.given[i]))
      wrong_signature(call.op, "another tensor was assigned to " + name + ", of which the caller sees nothing");
    if (call.op.in_place.count(name)) continue;
    Held now = held_by(call.given[i]);
    if (now.by_kernel || !(now == call.before[i]))
      report("input-changed", call.op.name + ": the input " + name + " was written, and no output is in place of it",
             {{call.op.file, call.op.line}, nullptr});
  }
}

}  // namespace kunlun_host
