// How an op is declared, and how its functions get their arguments: each parameter takes the next item of its kind, by
// position and nothing else, as in Paddle. `kunlun_host/signature.h` holds the functions against the declaration.
#pragma once
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "paddle/phi/api/include/tensor.h"

namespace kunlun_host {

/// What a parameter takes.
enum class Parameter { TENSOR, MUTABLE_TENSOR, SHAPE, DTYPE, BOOL, INT, INT64 };

/// What there is to take.
struct Arguments {
  std::vector<paddle::Tensor> tensors;
  std::vector<std::vector<int64_t>> shapes;
  std::vector<paddle::DataType> dtypes;
  std::vector<int64_t> attributes;
};

/// The next of each kind.
struct Cursor {
  Arguments& from;
  size_t input = 0, attribute = 0;
};

// A parameter of any other type has no meaning here.
template <typename T>
struct Binding;
#define KUNLUN_HOST_BINDING(T, parameter, held, next)             \
  template <>                                                     \
  struct Binding<T> {                                             \
    static constexpr Parameter kind = Parameter::parameter;       \
    typedef held Held;                                            \
    static Held take(Cursor& cursor) { return cursor.from.next; } \
  };
KUNLUN_HOST_BINDING(const paddle::Tensor&, TENSOR, const paddle::Tensor&, tensors.at(cursor.input++))
KUNLUN_HOST_BINDING(paddle::Tensor&, MUTABLE_TENSOR, paddle::Tensor&, tensors.at(cursor.input++))
KUNLUN_HOST_BINDING(const std::vector<int64_t>&, SHAPE, std::vector<int64_t>, shapes.at(cursor.input++))
KUNLUN_HOST_BINDING(std::vector<int64_t>, SHAPE, std::vector<int64_t>, shapes.at(cursor.input++))
KUNLUN_HOST_BINDING(const paddle::DataType&, DTYPE, paddle::DataType, dtypes.at(cursor.input++))
KUNLUN_HOST_BINDING(paddle::DataType, DTYPE, paddle::DataType, dtypes.at(cursor.input++))
KUNLUN_HOST_BINDING(bool, BOOL, bool, attributes.at(cursor.attribute++) != 0)
KUNLUN_HOST_BINDING(const bool&, BOOL, bool, attributes.at(cursor.attribute++) != 0)
KUNLUN_HOST_BINDING(int64_t, INT64, int64_t, attributes.at(cursor.attribute++))
KUNLUN_HOST_BINDING(const int64_t&, INT64, int64_t, attributes.at(cursor.attribute++))
#undef KUNLUN_HOST_BINDING
template <>
struct Binding<int> {
  static constexpr Parameter kind = Parameter::INT;
  typedef int Held;
  static int take(Cursor& cursor) { return static_cast<int>(cursor.from.attributes.at(cursor.attribute++)); }
};
template <>
struct Binding<const int&> : Binding<int> {};

/// A function of an op: its parameters, and a call of it.
template <typename R>
struct Function {
  std::vector<Parameter> parameters;
  bool returns = false;
  std::function<R(Arguments&)> call;
};

template <typename Wanted, typename R, typename... P>
Function<Wanted> function_of(R (*f)(P...)) {
  static_assert(std::is_same<R, Wanted>::value || std::is_void<R>::value, "the op's function returns something else");
  auto call = [f](Arguments& arguments) -> Wanted {
    [[maybe_unused]] Cursor cursor{arguments};
    // In braces, so that they are taken from left to right.
    std::tuple<typename Binding<P>::Held...> all{Binding<P>::take(cursor)...};
    if constexpr (std::is_void<R>::value) {
      std::apply(f, all);
      return {};
    } else {
      return std::apply(f, all);
    }
  };
  return {{Binding<P>::kind...}, !std::is_void<R>::value, call};
}

typedef std::vector<paddle::Tensor> Results;
typedef std::vector<std::vector<int64_t>> Shapes;
typedef std::vector<paddle::DataType> Types;

/// What an op says of itself.
struct Op {
  std::string name;
  const char* file;
  int line;
  std::vector<std::string> inputs, outputs, attributes;
  std::unordered_map<std::string, std::string> in_place;  // input: output
  bool in_place_early = false;                            // before what it names
  Function<Results> kernel;
  Function<Shapes> infer_shape;
  Function<Types> infer_dtype;
};

inline std::vector<Op>& ops() {
  static std::vector<Op> all;
  return all;
}

}  // namespace kunlun_host

namespace paddle {

class OpMetaInfoBuilder {
 public:
  explicit OpMetaInfoBuilder(std::string name, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : op_(kunlun_host::ops().size()) {
    kunlun_host::ops().emplace_back();
    op().name = name;
    op().file = file;
    op().line = line;
  }
  OpMetaInfoBuilder& Inputs(std::vector<std::string> names) { return op().inputs = names, *this; }
  OpMetaInfoBuilder& Outputs(std::vector<std::string> names) { return op().outputs = names, *this; }
  OpMetaInfoBuilder& Attrs(std::vector<std::string> attributes) { return op().attributes = attributes, *this; }
  OpMetaInfoBuilder& SetInplaceMap(std::unordered_map<std::string, std::string> map) {
    op().in_place_early = op().inputs.empty() || op().outputs.empty();
    return op().in_place = map, *this;
  }
  OpMetaInfoBuilder& SetKernelFn(kunlun_host::Function<kunlun_host::Results> f) { return op().kernel = f, *this; }
  OpMetaInfoBuilder& SetInferShapeFn(kunlun_host::Function<kunlun_host::Shapes> f) {
    return op().infer_shape = f, *this;
  }
  OpMetaInfoBuilder& SetInferDtypeFn(kunlun_host::Function<kunlun_host::Types> f) {
    return op().infer_dtype = f, *this;
  }

 private:
  kunlun_host::Op& op() { return kunlun_host::ops()[op_]; }
  size_t op_;
};

}  // namespace paddle

#define PD_KERNEL(...) ::kunlun_host::function_of<::kunlun_host::Results>(&__VA_ARGS__)
#define PD_INFER_SHAPE(...) ::kunlun_host::function_of<::kunlun_host::Shapes>(&__VA_ARGS__)
#define PD_INFER_DTYPE(...) ::kunlun_host::function_of<::kunlun_host::Types>(&__VA_ARGS__)
#define PD_BUILD_OP(name)                                                                                     \
  struct kunlun_host_op_##name {};                                                                            \
  static_assert(std::is_same<::kunlun_host_op_##name, kunlun_host_op_##name>::value, "only at global scope"); \
  static ::paddle::OpMetaInfoBuilder kunlun_host_build_##name = ::paddle::OpMetaInfoBuilder(#name)
