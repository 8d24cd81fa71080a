// An error as clients of the OpenAI API know it: HTTP status and
// {"error":{"type","message","param","code"}}, all four members always there (OpenAI API reference,
// "Error codes"). Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace gomodel::dialect {

struct ApiError {
    int status = 500;
    std::string type;
    std::string message;  // for the client: no URL, no secret
    std::optional<std::string> param;
    std::optional<std::string> code;
    std::string retry_after;  // value of Retry-After; empty: none
};

// An error or nothing: used like a std::optional, but of the size of a pointer. The frames of
// coroutines that wait for one another hold many of these, and hardly ever one has a value.
class Failure {
public:
    Failure() = default;
    Failure(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)
    Failure(ApiError error)     // NOLINT(google-explicit-constructor)
        : error_(std::make_unique<ApiError>(std::move(error))) {}
    Failure(const Failure& other)
        : error_(other.has_value() ? std::make_unique<ApiError>(*other) : nullptr) {}
    Failure(Failure&&) = default;  // which has none then
    Failure& operator=(Failure other) {
        error_ = std::move(other.error_);
        return *this;
    }
    ~Failure() = default;

    bool has_value() const { return error_ != nullptr; }
    explicit operator bool() const { return has_value(); }
    ApiError& operator*() { return *error_; }
    const ApiError& operator*() const { return *error_; }
    ApiError* operator->() { return error_.get(); }
    const ApiError* operator->() const { return error_.get(); }

private:
    std::unique_ptr<ApiError> error_;
};

std::string to_json(const ApiError& error);

ApiError invalid_request(std::string message);             // 400
ApiError authentication_error(std::string message);        // 401
ApiError not_found(std::string message);                   // 404
ApiError provider_error(int status, std::string message);  // 5xx
ApiError overloaded(std::string message);                  // 503, to be tried again in a second
ApiError internal_error();                                 // 500, says nothing of the cause

// An error the gateway met on the way to the upstream or in a plugin: unavailable 502, timeout 504,
// invalid 400, unsupported 501, ...
ApiError from_base(const base::Error& error);

// An answer of an upstream with a status other than 2xx. Understands {"error":{...}},
// {"error":"...","code":...}, {"message"|"detail":"...","code":...}, a list of one of them and
// OpenRouter's error.metadata.raw; anything else is taken as text, shortened. A status outside 4xx
// and 5xx becomes 502.
ApiError from_upstream(int status, std::string_view body);

}  // namespace gomodel::dialect
