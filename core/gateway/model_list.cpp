#include "gateway/model_list.hpp"

#include <algorithm>

namespace gomodel::gateway {
namespace {

constexpr int kExactAlias = 1;
constexpr int kTypedAlias = 2;  // an alias that names the provider's type says more

std::string key_of(std::string_view type, std::string_view id) {
    return std::string(type) + '/' + std::string(id);
}

std::string name_of(json::Node member) {
    const std::string quoted = '"' + std::string(member.name()) + '"';
    return json::unquote(quoted).value_or(std::string());
}

void merge(ModelMetadata& metadata, const ModelMetadata& over, bool has_capabilities) {
    if (over.context_window) metadata.context_window = over.context_window;
    if (over.max_output_tokens) metadata.max_output_tokens = over.max_output_tokens;
    if (over.pricing) metadata.pricing = over.pricing;
    if (has_capabilities) metadata.capabilities = over.capabilities;
}

}  // namespace

base::Result<ModelList> ModelList::parse(std::string_view json) {
    const json::Tree tree(json);
    if (!tree.root().is_object()) {
        return base::Error{base::Code::kInvalid, "the model list is not a JSON object"};
    }
    const json::Node providers = tree.root()["providers"];
    const json::Node models = tree.root()["models"];
    const json::Node offers = tree.root()["provider_models"];
    for (const json::Node section : {providers, models, offers}) {
        if (section.missing() || section.is_object()) continue;
        return base::Error{base::Code::kInvalid,
                           "the model list's \"" + name_of(section) + "\" is not an object"};
    }
    ModelList list;
    for (const json::Node member : providers)
        list.types_.insert(name_of(member));
    for (const json::Node member : models)
        list.read_model(name_of(member), member);
    for (const json::Node member : offers)
        list.read_offer(name_of(member), member);
    return list;
}

void ModelList::read_model(std::string ref, json::Node entry) {
    std::optional<ModelMetadata> metadata = read_metadata(entry);
    const json::Node aliases = entry["aliases"];
    bool good = metadata.has_value() && (aliases.missing() || aliases.is_array());
    for (const json::Node alias : aliases)
        good = good && alias.is_string();
    if (!good) {
        ++skipped_;
        return;
    }
    for (const json::Node alias : aliases) {
        std::vector<std::string>& refs = aliases_[alias.text()];
        if (std::find(refs.begin(), refs.end(), ref) == refs.end()) refs.push_back(ref);
    }
    metadata->categories = categories_of(metadata->modes);
    models_.insert_or_assign(std::move(ref), std::move(*metadata));
}

void ModelList::read_offer(std::string key, json::Node entry) {
    const std::size_t slash = key.find('/');
    std::optional<ModelMetadata> over = read_metadata(entry);
    const auto is_text = [](json::Node node) { return node.missing() || node.is_string(); };
    const json::Node custom = entry["custom_model_id"];
    const json::Node own = entry["provider_model_id"];
    if (!over || slash == std::string::npos || !is_text(entry["model_ref"]) || !is_text(custom) ||
        !is_text(own)) {
        ++skipped_;
        return;
    }
    const std::string actual = own.text().empty() ? custom.text() : own.text();
    const std::string actual_key = key_of(std::string_view(key).substr(0, slash), actual);
    if (!actual.empty() && actual_key != key) actual_.emplace(actual_key, key);
    Offer offer{entry["model_ref"].text(), std::move(*over), !entry["capabilities"].missing()};
    offers_.insert_or_assign(std::move(key), std::move(offer));
}

std::optional<ModelMetadata> ModelList::find(std::string_view type, std::string_view id) const {
    const std::string key = key_of(type, id);
    if (const auto offer = offers_.find(key); offer != offers_.end()) {
        if (auto found = offered(offer->second)) return found;
    }
    if (const auto model = models_.find(id); model != models_.end()) return model->second;
    if (const auto actual = actual_.find(key); actual != actual_.end()) {
        const auto offer = offers_.find(actual->second);
        if (offer != offers_.end()) {
            if (auto found = offered(offer->second)) return found;
        }
    }
    return by_alias(type, id);
}

// An offer of a model that the list does not describe says nothing.
std::optional<ModelMetadata> ModelList::offered(const Offer& offer) const {
    const auto model = models_.find(offer.model_ref);
    if (model == models_.end()) return std::nullopt;
    ModelMetadata metadata = model->second;
    merge(metadata, offer.over, offer.has_capabilities);
    return metadata;
}

std::optional<ModelMetadata> ModelList::by_alias(std::string_view type, std::string_view id) const {
    std::map<std::string_view, int> scores;  // by reference
    const auto add = [&](std::string_view alias, int score) {
        const auto found = aliases_.find(alias);
        if (found == aliases_.end()) return;
        for (const std::string& ref : found->second)
            scores[ref] = std::max(scores[ref], score);
    };
    add(id, kExactAlias);
    if (types_.contains(type)) add(key_of(type, id), kTypedAlias);
    int best = 0;
    for (const auto& [ref, score] : scores)
        best = std::max(best, score);
    std::erase_if(scores, [best](const auto& entry) { return entry.second < best; });
    if (scores.size() > 1) {  // the one that this type is known to offer
        std::erase_if(scores, [&](const auto& entry) {
            return !offers_.contains(key_of(type, entry.first));
        });
    }
    if (scores.size() != 1) return std::nullopt;
    const std::string_view ref = scores.begin()->first;
    const auto model = models_.find(ref);
    if (model == models_.end()) return std::nullopt;
    ModelMetadata metadata = model->second;
    const auto offer = offers_.find(key_of(type, ref));
    if (offer != offers_.end()) merge(metadata, offer->second.over, offer->second.has_capabilities);
    return metadata;
}

}  // namespace gomodel::gateway
