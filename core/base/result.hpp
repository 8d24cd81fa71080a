// An expected failure as a value: Result<T> holds a T or an Error whose message a stranger can act
// on. Used by every layer; exceptions are for bugs. Not thread-aware: a plain value.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace gomodel::base {

// The same ten codes as gm_status_t (sdk/include/gomodel/abi/base.h), so that a plugin's status
// and ours are one vocabulary.
enum class Code : std::int32_t {
    kOk = 0,
    kNotFound = 1,
    kInvalid = 2,
    kUnsupported = 3,
    kDenied = 4,
    kUnavailable = 5,
    kTimeout = 6,
    kCancelled = 7,
    kExhausted = 8,
    kInternal = 9,
};

struct Error {
    Code code = Code::kInternal;
    std::string message;  // names the field, the file and line, the limit; never a secret
};

inline Error invalid(std::string message) {
    return {Code::kInvalid, std::move(message)};
}
inline Error unavailable(std::string message) {
    return {Code::kUnavailable, std::move(message)};
}

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // REQUIRES: ok().
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    // REQUIRES: !ok().
    Error& error() { return std::get<1>(state_); }
    const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

// A Result without a value.
class [[nodiscard]] Status {
public:
    Status() = default;
    Status(Error error) : error_(std::move(error)) {  // NOLINT: implicit
        assert(error_.code != Code::kOk);
    }

    bool ok() const { return error_.code == Code::kOk; }
    explicit operator bool() const { return ok(); }
    const Error& error() const { return error_; }

private:
    Error error_{Code::kOk, {}};
};

}  // namespace gomodel::base
