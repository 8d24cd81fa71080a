#include "gateway/principal.hpp"

#include "base/text.hpp"

namespace gomodel::gateway {
namespace {

Refused refused(std::string message, std::string_view reason) {
    return {dialect::authentication_error(std::move(message)), reason};
}

// Until the keys have been read nobody can say whether there are any.
Refused not_known_yet() {
    dialect::ApiError error = dialect::provider_error(
        503, "authentication is unavailable: the stored API keys could not be read yet");
    error.code = "authentication_unavailable";
    error.retry_after = "1";
    return {std::move(error), "authentication unavailable"};
}

}  // namespace

std::string_view to_string(AuthMethod method) {
    switch (method) {
        case AuthMethod::kMasterKey:
            return "master_key";
        case AuthMethod::kApiKey:
            return "api_key";
        case AuthMethod::kNoKey:
            break;
    }
    return "no_key";
}

std::variant<Principal, Refused> Authenticator::check(std::string_view authorization,
                                                      std::string_view api_key,
                                                      const Controls& controls,
                                                      base::WallTime now) const {
    constexpr std::string_view kBearer = "Bearer ";
    if (!has_master_key()) {
        if (controls.keys == nullptr) return not_known_yet();
        if (controls.keys->empty()) return Principal{AuthMethod::kNoKey};
    }
    if (authorization.data() != nullptr) {
        if (!authorization.starts_with(kBearer)) {
            return refused("invalid authorization header format, expected 'Bearer <token>'",
                           "invalid authorization header");
        }
        return check_token(authorization.substr(kBearer.size()), controls, now);
    }
    if (api_key.data() == nullptr)
        return refused("missing authorization header", "missing authorization header");
    return check_token(api_key, controls, now);
}

std::variant<Principal, Refused> Authenticator::check_token(std::string_view token,
                                                            const Controls& controls,
                                                            base::WallTime now) const {
    if (has_master_key() && base::constant_time_equals(token, master_key_))
        return Principal{AuthMethod::kMasterKey};
    token = base::trim(token);
    if (controls.keys == nullptr && token.starts_with(kKeyPrefix)) return not_known_yet();
    if (controls.keys == nullptr || controls.keys->empty())
        return refused("invalid master key", "invalid master key");
    const ManagedKey* const key = controls.keys->by_token(token);
    constexpr const char* kFailed = "authentication failed";
    if (key == nullptr) return refused(kFailed, "invalid API key");
    if (!key->active(now)) {
        return refused(kFailed, key->enabled && !key->deactivated_at.has_value()
                                    ? "API key expired"
                                    : "API key is inactive");
    }
    key->last_use->note(now);
    return Principal{AuthMethod::kApiKey, key};
}

}  // namespace gomodel::gateway
