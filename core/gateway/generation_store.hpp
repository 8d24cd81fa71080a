// The current generation, and how it is replaced: by a new configuration, or by the same one with
// news of a provider's models. Old generations die on the control thread, after their last request.
#pragma once

#include <map>
#include <string>

#include "base/published.hpp"
#include "gateway/generation.hpp"
#include "plugin/control_thread.hpp"

namespace gomodel::gateway {

class GenerationStore {
public:
    // The control thread must outlive the store and every generation taken from it.
    explicit GenerationStore(plugin::ControlThread& control) : control_(control) {}

    // What requests pin. Any thread.
    const base::Published<Generation>& current() const { return current_; }

    // Makes a generation current. What is known of its providers' models is carried over.
    // [control]
    void publish(std::unique_ptr<Generation> next);
    // A provider has said which models it has. [control]
    void set_inventory(const std::string& provider, Inventory inventory);
    // Lets go of the current generation: nothing is served any more. [control]
    void clear();

private:
    plugin::ControlThread& control_;
    base::Published<Generation> current_;
    std::map<std::string, Inventory> inventories_;  // by provider; control thread only
};

}  // namespace gomodel::gateway
