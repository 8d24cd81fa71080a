// What operators manage in the storage and every request looks at: API keys, aliases, access rules.
// One immutable whole; a request pins the one that was current when it began. Replaced in parts by
// core/control; a loop finds out by one atomic load a request that nothing has changed.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "gateway/access_rules.hpp"
#include "gateway/alias_table.hpp"
#include "gateway/managed_key.hpp"
#include "gateway/price_table.hpp"

namespace gomodel::gateway {

struct Controls {
    // Null: there is a storage, but it could not be read yet.
    std::shared_ptr<const KeyTable> keys = nullptr;
    std::shared_ptr<const AliasTable> aliases = nullptr;
    std::shared_ptr<const AccessRules> access = nullptr;
    PriceTablePtr prices = nullptr;  // null: not read yet, or there is no storage
};

// The controls now current. Any thread.
class ControlsSlot {
public:
    std::shared_ptr<const Controls> get() const {
        const std::lock_guard lock(mutex_);
        return current_;
    }
    // Changes whenever get() does, not before it.
    std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

    // Publishes the current controls as `change` leaves them. It is called with a lock held.
    template <typename Change>
    void change(const Change& change) {
        const std::lock_guard lock(mutex_);
        auto next = std::make_shared<Controls>(*current_);
        change(*next);
        current_ = std::move(next);
        version_.fetch_add(1, std::memory_order_release);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Controls> current_ = std::make_shared<const Controls>();
    std::atomic<std::uint64_t> version_{1};
};

// One loop's view of the slot. Loop thread.
class ControlsReader {
public:
    explicit ControlsReader(const ControlsSlot& slot) : slot_(slot) {}

    const std::shared_ptr<const Controls>& get() {
        if (const std::uint64_t version = slot_.version(); version != seen_) {
            current_ = slot_.get();
            seen_ = version;  // or older than what was got: then it is got once more
        }
        return current_;
    }

private:
    const ControlsSlot& slot_;
    std::shared_ptr<const Controls> current_;
    std::uint64_t seen_ = 0;
};

}  // namespace gomodel::gateway
