// Element types.
#pragma once
#include <cstddef>
#include <cstdint>
#include <ostream>

namespace phi {

enum class DataType { UNDEFINED, BOOL, UINT8, INT8, INT32, INT64, FLOAT32 };

template <typename T>
struct CppTypeToDataType;
#define KUNLUN_HOST_TYPE(cpp, type)                    \
  template <>                                          \
  struct CppTypeToDataType<cpp> {                      \
    static DataType Type() { return DataType::type; }  \
  };
KUNLUN_HOST_TYPE(bool, BOOL)
KUNLUN_HOST_TYPE(uint8_t, UINT8)
KUNLUN_HOST_TYPE(int8_t, INT8)
KUNLUN_HOST_TYPE(int32_t, INT32)
KUNLUN_HOST_TYPE(int64_t, INT64)
KUNLUN_HOST_TYPE(float, FLOAT32)
#undef KUNLUN_HOST_TYPE

inline size_t SizeOf(DataType type) {
  switch (type) {
    case DataType::BOOL:
    case DataType::UINT8:
    case DataType::INT8:
      return 1;
    case DataType::INT32:
    case DataType::FLOAT32:
      return 4;
    case DataType::INT64:
      return 8;
    default:
      return 0;
  }
}

inline const char* DataTypeToString(DataType type) {
  static const char* const names[] = {"Undefined", "bool", "uint8", "int8", "int32", "int64", "float32"};
  return names[static_cast<size_t>(type)];
}

inline std::ostream& operator<<(std::ostream& out, DataType type) { return out << DataTypeToString(type); }

}  // namespace phi

namespace paddle {
using phi::DataType;
}  // namespace paddle
