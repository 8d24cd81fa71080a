// Who makes a request, by the credential it carries. Built with a generation; any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "dialect/api_error.hpp"

namespace gomodel::gateway {

enum class AuthMethod : std::uint8_t { kNoKey, kMasterKey };

std::string_view to_string(AuthMethod method);  // "no_key", "master_key"

struct Principal {
    AuthMethod method = AuthMethod::kNoKey;
};

class Authenticator {
public:
    // An empty master key lets everybody in.
    explicit Authenticator(std::string master_key) : master_key_(std::move(master_key)) {}

    bool open() const { return master_key_.empty(); }

    // `authorization`: the header's value; `api_key`: that of X-Api-Key, which SDKs of the
    // Anthropic style send. Null data: the header is absent. 401 otherwise.
    std::variant<Principal, dialect::ApiError> check(std::string_view authorization,
                                                     std::string_view api_key) const;

private:
    std::string master_key_;
};

}  // namespace gomodel::gateway
