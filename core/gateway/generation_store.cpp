#include "gateway/generation_store.hpp"

#include <algorithm>

namespace gomodel::gateway {
namespace {

bool is_allowlist(const Provider& provider, config::ConfiguredModelsMode mode) {
    return mode == config::ConfiguredModelsMode::kAllowlist && !provider.models.empty();
}

Inventory configured(const Provider& provider, base::WallTime since) {
    const std::int64_t created =
        std::chrono::floor<std::chrono::seconds>(since).time_since_epoch().count();
    Inventory inventory;
    for (const config::ConfiguredModel& model : provider.models) {
        inventory.models.push_back(
            {model.id, created, provider.type.empty() ? provider.name : provider.type});
    }
    return inventory;
}

// The models clients may use: the configured list where it replaces the provider's own, or where
// the provider's own is empty.
Inventory effective(const Provider& provider, config::ConfiguredModelsMode mode,
                    const Inventory* listed, base::WallTime since) {
    const bool nothing_listed = listed == nullptr || listed->models.empty();
    if (!is_allowlist(provider, mode))
        return nothing_listed ? configured(provider, since) : *listed;
    Inventory inventory = configured(provider, since);
    if (listed == nullptr) return inventory;
    for (Inventory::Entry& entry : inventory.models) {
        for (const Inventory::Entry& known : listed->models) {
            if (known.id == entry.id) entry = known;
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
                      known == inventories_.end() ? nullptr : &known->second, next->since);
    }
    next->catalog = std::make_shared<const Catalog>(next->providers, offered, model_list_);
    note_offered(*next, offered);
    const std::size_t gone = std::erase_if(
        inventories_, [&offered](const auto& entry) { return !offered.contains(entry.first); });
    revision_ += gone > 0 ? 1 : 0;
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

void GenerationStore::note_offered(const Generation& generation,
                                   const std::map<std::string, Inventory>& offered) {
    const auto mode = generation.settings.models.configured_provider_models_mode;
    const std::lock_guard lock(status_mutex_);
    std::erase_if(status_,
                  [&offered](const auto& entry) { return !offered.contains(entry.first); });
    for (const auto& provider : generation.providers) {
        ListingStatus& status = status_[provider->name];
        status.discovered_model_count = offered.at(provider->name).models.size();
        if (is_allowlist(*provider, mode)) status.registry_initialized = true;  // never asked
    }
}

void GenerationStore::set_inventory(const std::string& provider, Inventory inventory,
                                    base::WallTime at) {
    const std::shared_ptr<const Generation> now = current_.get();
    if (now == nullptr || now->provider(provider) == nullptr) return;
    {
        const std::lock_guard lock(status_mutex_);
        ListingStatus& status = status_[provider];
        status.registry_initialized = true;
        status.using_cached_models = false;
        status.last_model_fetch_at = status.last_model_fetch_success_at = at;
        status.last_model_fetch_error =
            inventory.models.empty() ? "the provider returned an empty model list" : "";
    }
    const auto [known, added] = inventories_.try_emplace(provider);
    if (!added && known->second == inventory) return;
    known->second = std::move(inventory);
    ++revision_;
    publish(std::make_unique<Generation>(*now));
}

void GenerationStore::listing_failed(const std::string& provider, std::string error,
                                     base::WallTime at) {
    const std::lock_guard lock(status_mutex_);
    const auto found = status_.find(provider);
    if (found == status_.end()) return;  // the provider is gone
    found->second.registry_initialized = true;
    found->second.last_model_fetch_at = at;
    found->second.last_model_fetch_error = std::move(error);
}

void GenerationStore::set_model_list(ModelList list, std::string json) {
    if (json == model_list_json_) return;
    model_list_ = std::move(list);
    model_list_json_ = std::move(json);
    ++revision_;
    const std::shared_ptr<const Generation> now = current_.get();
    if (now != nullptr) publish(std::make_unique<Generation>(*now));
}

void GenerationStore::restore(ModelCache cache, const Generation& first) {
    for (auto& [name, provider] : cache.providers) {
        const Provider* const configured = first.provider(name);
        if (configured == nullptr || configured->type != provider.type) continue;
        inventories_[name] = std::move(provider.inventory);
        const std::lock_guard lock(status_mutex_);
        status_[name].using_cached_models = true;
    }
}

ModelCache GenerationStore::cache() const {
    ModelCache cache;
    cache.model_list = model_list_json_;
    const std::shared_ptr<const Generation> now = current_.get();
    for (const auto& [name, inventory] : inventories_) {
        const Provider* const provider = now == nullptr ? nullptr : now->provider(name);
        if (provider != nullptr) cache.providers[name] = {provider->type, inventory};
    }
    return cache;
}

std::map<std::string, ListingStatus> GenerationStore::listing_status() const {
    const std::lock_guard lock(status_mutex_);
    return status_;
}

void GenerationStore::clear() {
    current_.publish(nullptr);
}

}  // namespace gomodel::gateway
