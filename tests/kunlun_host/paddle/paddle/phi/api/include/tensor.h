// Tensors: a copy is the same tensor. Memory of the host begins as poison, that of the device without a value.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <vector>

#include "paddle/phi/common/data_type.h"
#include "paddle/phi/common/place.h"
#include "paddle/phi/core/enforce.h"

namespace kunlun_host {

struct TensorContent {
  phi::DataType type;
  phi::Place place;
  std::vector<int64_t> dims;
  std::shared_ptr<void> memory;  // none if there are no elements
};

}  // namespace kunlun_host

namespace paddle {

namespace experimental {

/// A shape, as a call spells it.
class IntArray {
 public:
  IntArray(const std::vector<int64_t>& dims) : dims_(dims) {}
  IntArray(const std::vector<int32_t>& dims) : dims_(dims.begin(), dims.end()) {}
  IntArray(std::initializer_list<int64_t> dims) : dims_(dims) {}
  const std::vector<int64_t>& GetData() const { return dims_; }

 private:
  std::vector<int64_t> dims_;
};

/// A number, as a call spells it.
class Scalar {
 public:
  Scalar(bool value) : value_(value) {}
  Scalar(int32_t value) : value_(value) {}
  Scalar(int64_t value) : value_(value) {}
  template <typename T>
  T to() const {
    return static_cast<T>(value_);
  }

 private:
  int64_t value_;
};

}  // namespace experimental

using experimental::IntArray;
using experimental::Scalar;

class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(std::shared_ptr<kunlun_host::TensorContent> content) : content_(std::move(content)) {}

  std::vector<int64_t> shape() const { return content().dims; }
  int64_t numel() const {
    int64_t all = 1;
    for (int64_t dim : content().dims) all *= dim;
    return all;
  }
  int64_t size() const { return numel(); }
  DataType dtype() const { return content().type; }
  DataType type() const { return dtype(); }
  const Place& place() const { return content().place; }
  bool is_cpu() const { return place().GetType() == AllocationType::CPU; }
  bool is_xpu() const { return place().GetType() == AllocationType::XPU; }
  bool defined() const { return content_ != nullptr; }
  bool initialized() const { return defined(); }
  bool is_initialized() const { return defined(); }

  template <typename T>
  const T* data() const {
    return static_cast<const T*>(checked(phi::CppTypeToDataType<T>::Type()));
  }
  template <typename T>
  T* data() {
    return static_cast<T*>(checked(phi::CppTypeToDataType<T>::Type()));
  }
  const void* data() const { return content().memory.get(); }
  void* data() { return content().memory.get(); }

  /// For the host: whether both are one tensor.
  bool kunlun_host_same(const Tensor& other) const { return content_ == other.content_; }

 private:
  const kunlun_host::TensorContent& content() const {
    PD_CHECK(content_ != nullptr, "a tensor that nothing was assigned to");
    return *content_;
  }
  void* checked(DataType type) const {
    PD_CHECK(dtype() == type, "data of type ", type, " is asked of a tensor of type ", dtype());
    return content_->memory.get();
  }
  std::shared_ptr<kunlun_host::TensorContent> content_;
};

Tensor empty(const IntArray& shape, DataType dtype = DataType::FLOAT32, const Place& place = CPUPlace(),
             const char* file = __builtin_FILE(), int line = __builtin_LINE());
Tensor full(const IntArray& shape, const Scalar& value, DataType dtype = DataType::FLOAT32,
            const Place& place = CPUPlace(), const char* file = __builtin_FILE(), int line = __builtin_LINE());

}  // namespace paddle
