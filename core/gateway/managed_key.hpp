// The API keys that operators hand out. A key's secret is never kept: what is known is its SHA-256.
// A table is immutable but for when its keys were last used; any thread.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"

namespace gomodel::gateway {

// Every key begins with it; the hash is of what follows.
inline constexpr std::string_view kKeyPrefix = "sk_gom_";

enum class KeyRole : std::uint8_t {
    kUser,   // the model routes
    kAdmin,  // and the admin API
};

std::string_view to_string(KeyRole role);  // "user", "admin"
// nullopt: there is no such role.
std::optional<KeyRole> parse_role(std::string_view name);

// When a key was last used, in seconds since 1970; 0: never. Shared by the tables that follow each
// other.
struct LastUse {
    std::atomic<std::int64_t> seconds{0};
    void note(base::WallTime now);
};

struct ManagedKey {
    std::string id;
    std::string name;
    std::string description;
    std::string user_path;  // whose every request with it is; empty: as the request says
    std::string redacted;   // what is shown of it: "sk_gom_...abcd"
    std::string secret_hash;
    KeyRole role = KeyRole::kUser;
    bool enabled = true;
    std::optional<base::WallTime> expires_at = {};
    std::optional<base::WallTime> deactivated_at = {};
    base::WallTime created_at{};
    base::WallTime updated_at{};
    std::shared_ptr<LastUse> last_use = std::make_shared<LastUse>();

    bool expired(base::WallTime now) const { return expires_at.has_value() && *expires_at <= now; }
    bool active(base::WallTime now) const {
        return enabled && !deactivated_at.has_value() && !expired(now);
    }
};

class KeyTable {
public:
    KeyTable() = default;
    explicit KeyTable(std::vector<ManagedKey> keys);

    bool empty() const { return keys_.empty(); }
    // The newest first, then by name and id.
    const std::vector<ManagedKey>& keys() const { return keys_; }
    const ManagedKey* by_id(std::string_view id) const;
    // The key that is this token, active or not. nullptr: there is none.
    const ManagedKey* by_token(std::string_view token) const;

private:
    std::vector<ManagedKey> keys_;
    // By the first digits of the hash: what a look-up gives away by the time it takes is no more.
    std::unordered_multimap<std::string, std::size_t> by_hash_;
};

}  // namespace gomodel::gateway
