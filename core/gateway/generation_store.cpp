#include "gateway/generation_store.hpp"

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
    std::unique_ptr<const Generation> whole = std::move(next);
    current_.publish(control_.retire_here(std::move(whole)));
}

void GenerationStore::set_inventory(const std::string& provider, Inventory inventory) {
    inventories_[provider] = std::move(inventory);
    if (const std::shared_ptr<const Generation> now = current_.get()) {
        publish(std::make_unique<Generation>(*now));
    }
}

void GenerationStore::clear() {
    current_.publish(nullptr);
}

}  // namespace gomodel::gateway
