// Holds an op's functions against its declaration. Paddle does not, so this is stricter: a kernel takes all that is
// declared, an infer function what is declared up to some point, and both take it with the declared types.
#pragma once
#include <algorithm>
#include <set>

#include "kunlun_host/report.h"
#include "paddle/phi/api/ext/op_meta_info.h"

namespace kunlun_host {

[[noreturn]] inline void wrong_signature(const Op& op, const std::string& message) {
  report("signature", op.name + ": " + message, {{op.file, op.line}, nullptr});
}

/// An attribute as it is declared: `name: type`.
struct Attribute {
  std::string name, type;
};

inline std::string trimmed(const std::string& text) {
  size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

inline std::vector<Attribute> attributes_of(const Op& op) {
  static const std::set<std::string> theirs = {
      "float", "double", "std::string", "std::vector<int>", "std::vector<float>", "std::vector<int64_t>",
      "std::vector<std::string>"};
  std::vector<Attribute> all;
  for (const std::string& text : op.attributes) {
    size_t colon = text.find(':');
    if (colon == std::string::npos) wrong_signature(op, "attribute \"" + text + "\": expected \"name: type\"");
    Attribute one{trimmed(text.substr(0, colon)), trimmed(text.substr(colon + 1))};
    if (theirs.count(one.type))
      report("unsupported", "an attribute of type " + one.type, {{op.file, op.line}, nullptr});
    if (one.type != "bool" && one.type != "int" && one.type != "int64_t")
      wrong_signature(op, "attribute " + one.name + ": Paddle knows no type " + one.type);
    all.push_back(one);
  }
  return all;
}

inline void check_names(const Op& op) {
  std::set<std::string> seen;
  for (const std::string& name : op.inputs)
    if (!seen.insert(name).second) wrong_signature(op, "input " + name + " is declared twice");
  std::set<std::string> outputs;
  for (const std::string& name : op.outputs)
    if (!outputs.insert(name).second) wrong_signature(op, "output " + name + " is declared twice");
  for (const Attribute& attribute : attributes_of(op))
    if (!seen.insert(attribute.name).second) wrong_signature(op, "attribute " + attribute.name + " is declared twice");
  seen.insert(outputs.begin(), outputs.end());
  for (const std::string& name : seen)
    if (name.find('@') != std::string::npos) report("unsupported", name, {{op.file, op.line}, nullptr});
  if (op.in_place_early && !op.in_place.empty()) wrong_signature(op, "SetInplaceMap before Inputs and Outputs");
  std::set<std::string> taken;
  for (const auto& [input, output] : op.in_place) {
    if (std::find(op.inputs.begin(), op.inputs.end(), input) == op.inputs.end())
      wrong_signature(op, "SetInplaceMap: " + input + " is no input");
    if (!outputs.count(output)) wrong_signature(op, "SetInplaceMap: " + output + " is no output");
    if (!taken.insert(output).second) wrong_signature(op, "SetInplaceMap: " + output + " is in place of two inputs");
  }
}

inline void check_parameters(const Op& op, const char* what, const std::vector<Parameter>& parameters, Parameter item,
                             bool all) {
  static const char* const names[] = {"tensor", "mutable tensor", "shape", "dtype", "bool", "int", "int64_t"};
  std::vector<Attribute> attributes = attributes_of(op);
  size_t input = 0, attribute = 0;
  for (size_t i = 0; i < parameters.size(); i++) {
    std::string found = names[static_cast<size_t>(parameters[i])];
    std::string which = text("%s, parameter %zu: ", what, i + 1);
    if (parameters[i] >= Parameter::BOOL) {
      if (attribute == attributes.size())
        wrong_signature(op, which + "takes a " + found + ", and no attribute is left for it");
      const Attribute& declared = attributes[attribute++];
      if (declared.type != found)
        wrong_signature(op, which + "takes a " + found + ", and is given " + declared.name + ": " + declared.type);
      continue;
    }
    bool changes = parameters[i] == Parameter::MUTABLE_TENSOR;
    if (parameters[i] != item && !(changes && item == Parameter::TENSOR))
      wrong_signature(op, which + "takes a " + found + ", which it may not");
    if (input == op.inputs.size())
      wrong_signature(op, which + "takes a " + found + ", and no input is left for it");
    const std::string& name = op.inputs[input++];
    if (changes && !op.in_place.count(name))
      wrong_signature(op, which + "it may change the input " + name + ", which no output is in place of");
  }
  if (all && (input < op.inputs.size() || attribute < attributes.size()))
    wrong_signature(op, text("%s takes %zu inputs and %zu attributes of %zu and %zu that are declared", what, input,
                             attribute, op.inputs.size(), attributes.size()));
}

/// The outputs that the kernel makes.
inline std::vector<std::string> plain_outputs(const Op& op) {
  std::vector<std::string> plain;
  for (const std::string& name : op.outputs)
    if (std::none_of(op.in_place.begin(), op.in_place.end(), [&](const auto& pair) { return pair.second == name; }))
      plain.push_back(name);
  return plain;
}

inline void check_signature(const Op& op) {
  check_names(op);
  if (!op.kernel.call) wrong_signature(op, "no kernel");
  check_parameters(op, "the kernel", op.kernel.parameters, Parameter::TENSOR, true);
  if (!op.kernel.returns && !plain_outputs(op).empty())
    wrong_signature(op, "the kernel returns nothing, and no input is in place of " + plain_outputs(op)[0]);
  // Without a function, an output is as the one input, or as what it is in place of.
  bool derived = plain_outputs(op).empty() || (op.inputs.size() == 1 && op.outputs.size() == 1);
  if (!derived && !op.infer_shape.call) wrong_signature(op, "no InferShape");
  if (!derived && !op.infer_dtype.call) wrong_signature(op, "no InferDtype");
  check_parameters(op, "InferShape", op.infer_shape.parameters, Parameter::SHAPE, false);
  check_parameters(op, "InferDtype", op.infer_dtype.parameters, Parameter::DTYPE, false);
}

}  // namespace kunlun_host
