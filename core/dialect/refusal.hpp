// How the translation of a request to another dialect ends early: an error that names the member at
// fault.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "dialect/api_error.hpp"

namespace gomodel::dialect {

class Refusal : public std::exception {
public:
    Refusal(std::string param, const std::string& why)
        : error_(invalid_request(param + ": " + why)) {
        error_.param = std::move(param);
    }

    const char* what() const noexcept override { return error_.message.c_str(); }
    const ApiError& error() const { return error_; }

private:
    ApiError error_;
};

inline std::string element(const std::string& array, std::size_t index) {
    return array + "[" + std::to_string(index) + "]";
}

}  // namespace gomodel::dialect
