// The table of managed API keys (auth_keys). See ManagedTable for threads and errors.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/log.hpp"
#include "base/random.hpp"
#include "control/managed_table.hpp"
#include "gateway/controls.hpp"

namespace gomodel::control {

struct NewKey {
    std::string name;
    std::string description = {};
    std::string user_path = {};
    std::optional<base::WallTime> expires_at = {};
    gateway::KeyRole role = gateway::KeyRole::kUser;
};

struct CreatedKey {
    gateway::ManagedKey key;
    std::string token;  // never to be seen again
};

class AuthKeys final : public ManagedTable {
public:
    // All must outlive it.
    AuthKeys(gateway::ControlsSlot& slot, const base::Clock& clock, base::Log& log,
             std::function<void()> in_doubt)
        : ManagedTable(std::move(in_doubt)), slot_(slot), clock_(clock), log_(log) {}

    // The key works at once in this process, in others when they read the table.
    base::Result<CreatedKey> create(NewKey wanted);
    // Forever. A key that was deactivated before stays as it is.
    base::Status deactivate(std::string_view id);

private:
    std::string_view schema() const override;
    base::Status read(record::Storage& storage) override;
    void tend(record::Storage& storage) override;

    base::Result<std::vector<gateway::ManagedKey>> rows(record::Storage& storage,
                                                        std::string_view query);
    std::optional<gateway::ManagedKey> parse(std::string_view row);
    void publish(std::vector<gateway::ManagedKey> keys);
    void publish_one(const gateway::ManagedKey& key);

    gateway::ControlsSlot& slot_;
    const base::Clock& clock_;
    base::Log& log_;
    base::SystemRandom random_;
    // Of every key ever seen, so that a use noted in an older table is not lost; and what of that
    // is in the storage.
    struct Use {
        std::shared_ptr<gateway::LastUse> last = std::make_shared<gateway::LastUse>();
        std::int64_t stored = 0;
    };
    std::unordered_map<std::string, Use> uses_;
};

}  // namespace gomodel::control
