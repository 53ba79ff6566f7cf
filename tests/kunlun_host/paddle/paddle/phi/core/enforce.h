// What an op throws when something is not as it has to be.
#pragma once
#include <exception>
#include <sstream>
#include <string>

namespace paddle {

class PD_Exception : public std::exception {
 public:
  explicit PD_Exception(const std::string& message) : message_(message) {}
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

}  // namespace paddle

namespace kunlun_host {

/// Everything that stands behind a condition, in a row; without any, `otherwise`.
template <typename... T>
std::string message_of(const char* otherwise, const T&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return sizeof...(parts) ? out.str() : otherwise;
}

}  // namespace kunlun_host

namespace common {
namespace errors {

/// Of the formats of a message the one that is a text as it is.
template <size_t N>
std::string InvalidArgument(const char (&format)[N], const std::string& message) {
  return std::string(format) == "%s" ? message : std::string("a format other than %s: ") + format;
}

}  // namespace errors
}  // namespace common

#define PADDLE_THROW(summary) throw ::paddle::PD_Exception(summary)
#define PD_CHECK(condition, ...)                                                                                       \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      throw ::paddle::PD_Exception(                                                                                    \
          ::kunlun_host::message_of("Expected " #condition ", but it's not satisfied." __VA_OPT__(, ) __VA_ARGS__)); \
  } while (0)
#define PD_THROW(...) \
  throw ::paddle::PD_Exception(::kunlun_host::message_of("An error occurred." __VA_OPT__(, ) __VA_ARGS__))
