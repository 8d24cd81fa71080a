// The plugin that keeps answers, as one generation has it configured. Its functions may block until
// the deadline: workers and writers only. Safe from any number of them at once.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/settings.hpp"
#include "plugin/instance.hpp"
#include "plugin/ledger.hpp"

namespace gomodel::gateway::recall {

class AnswerStore {
public:
    struct Rules {
        std::string prefix;  // of every key
        base::Duration ttl{};
        std::size_t max_entry = 0;  // of an answer
        config::PluginBudget budget;
    };

    // REQUIRES: the instance speaks GM_CACHE.
    AnswerStore(std::shared_ptr<const plugin::Instance> instance, Rules rules)
        : instance_(std::move(instance)), rules_(std::move(rules)) {}

    const std::shared_ptr<const plugin::Instance>& instance() const { return instance_; }
    const Rules& rules() const { return rules_; }
    plugin::Account& account() const { return instance_->account(); }

    // The entry; nullopt: there is none. kExhausted: it is larger than any of ours.
    base::Result<std::optional<std::string>> get(std::string_view key, std::string_view request_id,
                                                 base::SteadyTime deadline);
    base::Status put(std::string_view key, std::string_view entry, base::SteadyTime deadline);

    // After a failure it is not asked for a while: who waits for a server that is gone waits for
    // nothing.
    void rest_until(base::SteadyTime when) { resting_until_ = when.time_since_epoch().count(); }
    bool rests(base::SteadyTime now) const {
        return now.time_since_epoch().count() < resting_until_.load(std::memory_order_relaxed);
    }

private:
    const std::shared_ptr<const plugin::Instance> instance_;
    const Rules rules_;
    std::atomic<base::SteadyTime::rep> resting_until_ = 0;
};

}  // namespace gomodel::gateway::recall
