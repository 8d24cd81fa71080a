// The current generation, and how it is replaced: by a new configuration, or by the same one with
// news of a provider's models. Old generations die on the control thread, after their last request.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/published.hpp"
#include "gateway/generation.hpp"
#include "plugin/control_thread.hpp"

namespace gomodel::gateway {

// A generation that is current or still used.
struct LiveGeneration {
    std::shared_ptr<const Generation> generation;
    bool current = false;
    // Requests that began on it and have not ended: the clients', and the gateway's own for lists
    // of models.
    long requests = 0;
};

class GenerationStore {
public:
    // The control thread must outlive the store and every generation taken from it.
    explicit GenerationStore(plugin::ControlThread& control) : control_(control) {}

    // What requests pin. Any thread.
    const base::Published<Generation>& current() const { return current_; }

    // By number, descending: the current one first. Any thread.
    std::vector<LiveGeneration> live() const;

    // Makes a generation current. What is known of its providers' models is carried over.
    // [control]
    void publish(std::unique_ptr<Generation> next);
    // A provider has said which models it has. Nothing happens when that is no news, or the
    // provider is gone. [control]
    void set_inventory(const std::string& provider, Inventory inventory);
    // Lets go of the current generation: nothing is served any more. [control]
    void clear();

private:
    plugin::ControlThread& control_;
    base::Published<Generation> current_;
    std::map<std::string, Inventory> inventories_;  // by provider; control thread only
    mutable std::mutex live_mutex_;
    std::vector<std::weak_ptr<const Generation>> live_;  // several of one number: news of models
};

}  // namespace gomodel::gateway
