#include "gateway/catalog.hpp"

#include <algorithm>
#include <sstream>

#include "base/text.hpp"

namespace gomodel::gateway {
namespace {

constexpr std::size_t kMaxCompared = 2000;  // selectors looked at for "did you mean"

std::string selector_of(std::string_view provider, std::string_view id) {
    std::string selector;
    selector.reserve(provider.size() + 1 + id.size());
    return selector.append(provider).append("/").append(id);
}

// What the configuration says about the models of a provider, by id.
std::map<std::string, ModelMetadata> configured_metadata(const Provider& provider) {
    std::map<std::string, ModelMetadata> found;
    for (const config::ConfiguredModel& model : provider.models) {
        if (model.metadata.isNull()) continue;
        std::ostringstream text;
        model.metadata->stringify(text);
        const std::string json = text.str();
        const json::Tree tree(json);
        if (auto metadata = read_metadata(tree.root())) found[model.id] = std::move(*metadata);
    }
    return found;
}

}  // namespace

Catalog::Catalog(const std::vector<std::shared_ptr<const Provider>>& providers,
                 const std::map<std::string, Inventory>& inventories, const ModelList& list) {
    for (const auto& provider : providers) {
        providers_.emplace(provider->name, provider.get());
        names_[provider->type].push_back(provider->name);
        const auto inventory = inventories.find(provider->name);
        if (inventory == inventories.end()) continue;
        const std::map<std::string, ModelMetadata> configured = configured_metadata(*provider);
        for (const Inventory::Entry& entry : inventory->second.models) {
            ModelMetadata metadata = list.find(provider->type, entry.id).value_or(ModelMetadata());
            const auto over = configured.find(entry.id);
            if (over != configured.end()) override_metadata(metadata, over->second);
            auto model = std::make_unique<const Model>(Model{
                entry.id, selector_of(provider->name, entry.id), entry.created, provider.get(),
                entry.owned_by,
                metadata.empty() ? nullptr
                                 : std::make_shared<const ModelMetadata>(std::move(metadata))});
            const bool added = by_selector_.emplace(model->selector, model.get()).second;
            if (!added) continue;  // listed twice
            by_id_.emplace(model->id, model.get());
            models_.push_back(std::move(model));
        }
    }
    std::sort(models_.begin(), models_.end(),
              [](const auto& a, const auto& b) { return a->selector < b->selector; });
}

const Model* Catalog::find(std::string_view model,
                           const std::optional<std::string>& provider) const {
    model = base::trim(model);
    if (provider.has_value() && !base::trim(*provider).empty()) {
        const std::string_view name = base::trim(*provider);
        const bool repeated =
            model.size() > name.size() && model.starts_with(name) && model[name.size()] == '/';
        return qualified(name, repeated ? model.substr(name.size() + 1) : model);
    }
    const std::size_t slash = model.find('/');
    if (slash != std::string_view::npos) {
        const std::string_view prefix = base::trim(model.substr(0, slash));
        const std::string_view id = base::trim(model.substr(slash + 1));
        if (!prefix.empty() && !id.empty()) {
            if (const Model* found = qualified(prefix, id)) return found;
            if (providers_.contains(prefix) || names_.contains(prefix)) return nullptr;
        }
    }
    const auto found = by_id_.find(model);
    return found == by_id_.end() ? nullptr : found->second;
}

// By the name of a provider, else by a type: its first provider that has the model.
const Model* Catalog::qualified(std::string_view provider, std::string_view id) const {
    if (const auto found = by_selector_.find(selector_of(provider, id));
        found != by_selector_.end()) {
        return found->second;
    }
    const auto of_type = names_.find(provider);
    if (of_type == names_.end()) return nullptr;
    for (const std::string& name : of_type->second) {
        const auto found = by_selector_.find(selector_of(name, id));
        if (found != by_selector_.end()) return found->second;
    }
    return nullptr;
}

dialect::ApiError Catalog::unknown(std::string_view model,
                                   const std::optional<std::string>& provider) const {
    const std::string asked =
        provider.has_value() && !provider->empty() && !model.starts_with(*provider + "/")
            ? selector_of(*provider, model)
            : std::string(model);
    const bool is_qualified = asked.find('/') != std::string::npos;
    std::vector<std::string_view> candidates;
    for (const auto& known : models_) {
        if (candidates.size() == kMaxCompared) break;
        candidates.push_back(is_qualified ? known->selector : known->id);
    }
    std::string message = "unsupported model: " + asked;
    if (const auto near = base::nearest(asked, candidates)) {
        message += "; did you mean \"" + *near + "\"?";
    }
    dialect::ApiError error = dialect::invalid_request(std::move(message));
    error.param = "model";
    error.code = "model_not_found";
    return error;
}

}  // namespace gomodel::gateway
