#include "gateway/managed_key.hpp"

#include <algorithm>
#include <tuple>

#include "base/sha256.hpp"
#include "base/text.hpp"

namespace gomodel::gateway {
namespace {

constexpr std::size_t kBucketDigits = 16;

}  // namespace

std::string_view to_string(KeyRole role) {
    return role == KeyRole::kAdmin ? "admin" : "user";
}

std::optional<KeyRole> parse_role(std::string_view name) {
    if (name == "user") return KeyRole::kUser;
    if (name == "admin") return KeyRole::kAdmin;
    return std::nullopt;
}

void LastUse::note(base::WallTime now) {
    const std::int64_t second =
        std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    // Most requests find that another has noted this second, and share the line of memory.
    if (seconds.load(std::memory_order_relaxed) < second)
        seconds.store(second, std::memory_order_relaxed);
}

KeyTable::KeyTable(std::vector<ManagedKey> keys) : keys_(std::move(keys)) {
    std::sort(keys_.begin(), keys_.end(), [](const ManagedKey& a, const ManagedKey& b) {
        return std::tie(b.created_at, a.name, a.id) < std::tie(a.created_at, b.name, b.id);
    });
    for (std::size_t i = 0; i < keys_.size(); ++i)
        by_hash_.emplace(keys_[i].secret_hash.substr(0, kBucketDigits), i);
}

const ManagedKey* KeyTable::by_id(std::string_view id) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(),
                                    [id](const ManagedKey& key) { return key.id == id; });
    return found == keys_.end() ? nullptr : &*found;
}

const ManagedKey* KeyTable::by_token(std::string_view token) const {
    if (!token.starts_with(kKeyPrefix) || token.size() == kKeyPrefix.size()) return nullptr;
    const std::string hash = base::sha256_hex(token.substr(kKeyPrefix.size()));
    const auto [first, last] = by_hash_.equal_range(hash.substr(0, kBucketDigits));
    for (auto at = first; at != last; ++at) {
        const ManagedKey& key = keys_[at->second];
        if (base::constant_time_equals(key.secret_hash, hash)) return &key;
    }
    return nullptr;
}

}  // namespace gomodel::gateway
