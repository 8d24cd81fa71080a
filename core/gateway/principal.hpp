// Who makes a request, by the credential it carries. Built with a generation; any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "dialect/api_error.hpp"
#include "gateway/controls.hpp"

namespace gomodel::gateway {

enum class AuthMethod : std::uint8_t { kNoKey, kMasterKey, kApiKey };

std::string_view to_string(AuthMethod method);  // "no_key", "master_key", "api_key"

struct Principal {
    AuthMethod method = AuthMethod::kNoKey;
    const ManagedKey* key = nullptr;  // of kApiKey: in the controls it was checked against

    // True iff it may use the admin API.
    bool is_admin() const { return key == nullptr || key->role == KeyRole::kAdmin; }
};

// Why somebody is not let in.
struct Refused {
    dialect::ApiError error;  // what the client is told
    std::string_view reason;  // what the operator is: text that is constant
};

class Authenticator {
public:
    // Without a master key everybody is let in while there is no managed key.
    explicit Authenticator(std::string master_key) : master_key_(std::move(master_key)) {}

    bool has_master_key() const { return !master_key_.empty(); }

    // `authorization`: the header's value; `api_key`: that of X-Api-Key, which SDKs of the
    // Anthropic style send. Null data: the header is absent. Notes the use of a managed key.
    std::variant<Principal, Refused> check(std::string_view authorization, std::string_view api_key,
                                           const Controls& controls, base::WallTime now) const;

private:
    std::variant<Principal, Refused> check_token(std::string_view token, const Controls& controls,
                                                 base::WallTime now) const;

    std::string master_key_;
};

}  // namespace gomodel::gateway
