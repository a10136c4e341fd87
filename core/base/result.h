// Result<T>: a value or an Error; used for operations that can fail (channel 2 of the three kinds of
// trouble: bugs assert, failed operations return a Result, bad records go to an ImportReport).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/assert.h"

namespace assay {

enum class ErrorCode : uint8_t {
  InvalidInput,      // the bytes or the text are not what they should be
  InvalidParameter,  // MLflow's INVALID_PARAMETER_VALUE: a filter or an argument is wrong
  NotFound,
  Unsupported,
  TooLarge,
  Refused,   // storage, permission, server said no
  Network,
  Cancelled,
};

constexpr uint64_t kNoPosition = ~uint64_t{0};

// `what` is one sentence for the user: what is wrong, where, what to do. User text comes last in it.
// `at_byte` is the offset in the text that was read (kNoPosition: none).
struct Error {
  ErrorCode code = ErrorCode::InvalidInput;
  std::string what;
  uint64_t at_byte = kNoPosition;

  Error with_context(std::string_view context) && {
    what.insert(0, std::string(context) + ": ");
    return std::move(*this);
  }
};

inline Error make_error(ErrorCode code, std::string what, uint64_t at_byte = kNoPosition) {
  return Error{code, std::move(what), at_byte};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    ASSAY_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    ASSAY_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    ASSAY_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const Error& error() const {
    ASSAY_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  Error take_error() {
    ASSAY_ASSERT(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;
inline Status ok_status() { return Status(Done{}); }

}  // namespace assay

// ASSAY_TRY(expression): the value, or return the error from the enclosing function.
#define ASSAY_TRY(expression)                              \
  ({                                                       \
    auto assay_try_result = (expression);                  \
    if (!assay_try_result.ok()) return assay_try_result.take_error(); \
    std::move(assay_try_result).value();                   \
  })
