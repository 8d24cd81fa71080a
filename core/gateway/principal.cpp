#include "gateway/principal.hpp"

#include "base/text.hpp"

namespace gomodel::gateway {

std::string_view to_string(AuthMethod method) {
    return method == AuthMethod::kMasterKey ? "master_key" : "no_key";
}

std::variant<Principal, dialect::ApiError> Authenticator::check(std::string_view authorization,
                                                                std::string_view api_key) const {
    constexpr std::string_view kBearer = "Bearer ";
    if (open()) return Principal{AuthMethod::kNoKey};
    std::string_view token = api_key;
    if (authorization.data() != nullptr) {
        if (!authorization.starts_with(kBearer)) {
            return dialect::authentication_error(
                "invalid authorization header format, expected 'Bearer <token>'");
        }
        token = authorization.substr(kBearer.size());
    } else if (api_key.data() == nullptr) {
        return dialect::authentication_error("missing authorization header");
    }
    if (!base::constant_time_equals(token, master_key_)) {
        return dialect::authentication_error("invalid master key");
    }
    return Principal{AuthMethod::kMasterKey};
}

}  // namespace gomodel::gateway
