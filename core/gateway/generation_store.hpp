// The current generation, and how it is replaced: by a new configuration, or by the same one with
// news of a provider's models. Old generations die on the control thread, after their last request.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/published.hpp"
#include "gateway/generation.hpp"
#include "gateway/listing_status.hpp"
#include "gateway/model_cache.hpp"
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
    void set_inventory(const std::string& provider, Inventory inventory, base::WallTime at = {});
    // A provider could not say which models it has: it keeps those it had. [control]
    void listing_failed(const std::string& provider, std::string error, base::WallTime at);
    // What is publicly known about models; `json` is the text it was read from. [control]
    void set_model_list(ModelList list, std::string json);
    const std::string& model_list_json() const { return model_list_json_; }  // [control]

    // Takes over what was known in an earlier run, for the providers of `first`, which is about to
    // be published. [control]
    void restore(ModelCache cache, const Generation& first);
    // What a later run may want to know. [control]
    ModelCache cache() const;
    // Changes whenever cache() does. [control]
    std::uint64_t revision() const { return revision_; }

    // How the listing of models goes, by provider. Any thread.
    std::map<std::string, ListingStatus> listing_status() const;
    // Lets go of the current generation: nothing is served any more. [control]
    void clear();

private:
    void note_offered(const Generation& generation,
                      const std::map<std::string, Inventory>& offered);

    plugin::ControlThread& control_;
    base::Published<Generation> current_;
    std::map<std::string, Inventory> inventories_;  // by provider; control thread only
    ModelList model_list_;                          // and these
    std::string model_list_json_;
    std::uint64_t revision_ = 0;
    mutable std::mutex status_mutex_;
    std::map<std::string, ListingStatus> status_;
    mutable std::mutex live_mutex_;
    std::vector<std::weak_ptr<const Generation>> live_;  // several of one number: news of models
};

}  // namespace gomodel::gateway
