// Where a tensor is.
#pragma once
#include <cstdint>
#include <ostream>
#include <string>

namespace phi {

enum class AllocationType : int8_t { UNDEFINED = 0, CPU = 1, XPU = 4 };

class Place {
 public:
  Place() = default;
  explicit Place(AllocationType type, int8_t id = 0) : device(id), type_(type) {}
  AllocationType GetType() const { return type_; }
  int8_t GetDeviceId() const { return device; }
  std::string DebugString() const {
    if (type_ == AllocationType::CPU) return "Place(cpu)";
    return std::string(type_ == AllocationType::XPU ? "Place(xpu:" : "Place(undefined:") + std::to_string(device) + ")";
  }
  bool operator==(const Place& other) const { return type_ == other.type_ && device == other.device; }
  bool operator!=(const Place& other) const { return !(*this == other); }
  int8_t device = 0;

 private:
  AllocationType type_ = AllocationType::UNDEFINED;
};

class CPUPlace : public Place {
 public:
  CPUPlace() : Place(AllocationType::CPU) {}
};

class XPUPlace : public Place {
 public:
  XPUPlace() : Place(AllocationType::XPU) {}
  explicit XPUPlace(int id) : Place(AllocationType::XPU, static_cast<int8_t>(id)) {}
};

inline std::ostream& operator<<(std::ostream& out, const Place& place) { return out << place.DebugString(); }

}  // namespace phi

namespace paddle {
using phi::AllocationType;
using phi::CPUPlace;
using phi::Place;
using phi::XPUPlace;
}  // namespace paddle
