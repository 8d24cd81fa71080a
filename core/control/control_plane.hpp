// What operators manage in the storage: its tables, and a thread that reads them as soon as there
// is a storage and again every minute, so that what one process changes reaches the others.
// Made before the loops and destroyed after them; every function on any thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "control/aliases.hpp"
#include "control/auth_keys.hpp"
#include "control/budgets.hpp"
#include "control/model_overrides.hpp"
#include "control/prices.hpp"
#include "gateway/controls.hpp"
#include "record/storage.hpp"

namespace gomodel::control {

class ControlPlane {
public:
    struct Options {
        // False: there is none and will be none. Then nothing is managed, and no key exists.
        bool has_storage = true;
        base::Duration reload_every = std::chrono::seconds(60);
        base::Duration first_retry = std::chrono::milliseconds(250);
        // What budgets are enforced by, those of the configuration, and how to bring what was
        // recorded into the storage.
        std::shared_ptr<gateway::limits::Limits> limits =
            std::make_shared<gateway::limits::Limits>();
        config::Budgets budgets = {};
        Budgets::Flush flush = [] { return true; };
    };

    // All must outlive it.
    ControlPlane(record::StorageSlot& storage, Options options, const base::Clock& clock,
                 base::Log& log);
    // As stop().
    ~ControlPlane();

    const gateway::ControlsSlot& controls() const { return controls_; }
    bool has_storage() const { return options_.has_storage; }
    AuthKeys& auth_keys() { return auth_keys_; }
    Budgets& budgets() { return budgets_; }
    Aliases& aliases() { return aliases_; }
    ModelOverrides& model_overrides() { return model_overrides_; }
    Prices& prices() { return prices_; }

    // Reads the tables again, soon.
    void reload();
    // Until the tables were read once, or it is clear that this takes longer: `limit`, or an
    // attempt that failed.
    void wait_for_first(base::Duration limit);
    // Ends the thread and lets go of nothing else: what is published stays. Not on a loop.
    void stop();

private:
    void work();
    bool load_and_tend();
    bool load();
    void complain(std::string_view why);
    void wait(base::Duration limit);

    record::StorageSlot& storage_;
    const Options options_;
    const base::Clock& clock_;
    base::Log& log_;
    gateway::ControlsSlot controls_;
    ModelOverrides model_overrides_;
    Aliases aliases_;
    AuthKeys auth_keys_;
    Budgets budgets_;
    Prices prices_;
    const std::vector<ManagedTable*> tables_;  // in the order they are read: keys last

    std::mutex mutex_;
    std::condition_variable changed_;
    bool wanted_ = true;    // to be read before its time
    bool settled_ = false;  // see wait_for_first()
    bool stop_ = false;
    base::SteadyTime next_complaint_{};
    std::thread thread_;
};

}  // namespace gomodel::control
