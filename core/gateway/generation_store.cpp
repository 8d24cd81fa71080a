#include "gateway/generation_store.hpp"

#include <algorithm>

namespace gomodel::gateway {
namespace {

Inventory configured(const Provider& provider) {
    Inventory inventory;
    for (const config::ConfiguredModel& model : provider.models) {
        inventory.models.push_back({model.id, 0});
    }
    return inventory;
}

// The models clients may use: the configured list where it replaces the provider's own, or where
// the provider's own is empty.
Inventory effective(const Provider& provider, config::ConfiguredModelsMode mode,
                    const Inventory* listed) {
    const bool has_list = !provider.models.empty();
    const bool allowlist = mode == config::ConfiguredModelsMode::kAllowlist && has_list;
    const bool nothing_listed = listed == nullptr || listed->models.empty();
    if (!allowlist) return nothing_listed ? configured(provider) : *listed;
    Inventory inventory = configured(provider);
    if (listed == nullptr) return inventory;
    for (Inventory::Entry& entry : inventory.models) {
        for (const Inventory::Entry& known : listed->models) {
            if (known.id == entry.id) entry.created = known.created;
        }
    }
    return inventory;
}

}  // namespace

void GenerationStore::publish(std::unique_ptr<Generation> next) {
    std::map<std::string, Inventory> offered;
    for (const auto& provider : next->providers) {
        const auto known = inventories_.find(provider->name);
        offered[provider->name] =
            effective(*provider, next->settings.models.configured_provider_models_mode,
                      known == inventories_.end() ? nullptr : &known->second);
    }
    next->catalog = std::make_shared<const Catalog>(next->providers, offered);
    std::erase_if(inventories_,
                  [&offered](const auto& entry) { return !offered.contains(entry.first); });
    std::unique_ptr<const Generation> whole = std::move(next);
    std::shared_ptr<const Generation> shared = control_.retire_here(std::move(whole));
    std::shared_ptr<const Generation> replaced;  // let go of without the lock
    const std::lock_guard lock(live_mutex_);
    std::erase_if(live_, [](const auto& generation) { return generation.expired(); });
    live_.push_back(shared);
    replaced = current_.publish(std::move(shared));
}

// Whoever uses a generation holds it, so the references to it are the requests on it, but for the
// one that makes it current and the one taken here.
std::vector<LiveGeneration> GenerationStore::live() const {
    const std::lock_guard lock(live_mutex_);
    const std::shared_ptr<const Generation> now = current_.get();
    std::vector<LiveGeneration> found;
    for (auto at = live_.rbegin(); at != live_.rend(); ++at) {
        std::shared_ptr<const Generation> generation = at->lock();
        if (generation == nullptr) continue;
        const bool current = generation == now;
        const long requests = generation.use_count() - (current ? 3 : 1);
        if (found.empty() || found.back().generation->number != generation->number) {
            found.push_back({std::move(generation), false, 0});
        }
        found.back().current = found.back().current || current;
        found.back().requests += std::max(0L, requests);
    }
    return found;
}

void GenerationStore::set_inventory(const std::string& provider, Inventory inventory) {
    const std::shared_ptr<const Generation> now = current_.get();
    if (now == nullptr || now->provider(provider) == nullptr) return;
    const auto [known, added] = inventories_.try_emplace(provider);
    if (!added && known->second == inventory) return;
    known->second = std::move(inventory);
    publish(std::make_unique<Generation>(*now));
}

void GenerationStore::clear() {
    current_.publish(nullptr);
}

}  // namespace gomodel::gateway
