#include "api/listed_models.hpp"

#include <map>

#include "base/text.hpp"

namespace gomodel::api {
namespace {

bool may_see(const gateway::RequestContext& context, const gateway::Model& model) {
    return !context.check_access(*model.provider, model.id).has_value();
}

bool hides_models(const gateway::RequestContext& context) {
    return context.generation->settings.models.keep_only_aliases_at_models_endpoint;
}

}  // namespace

std::vector<ListedModel> listed_models(const gateway::RequestContext& context) {
    const gateway::Catalog& catalog = *context.generation->catalog;
    std::map<std::string_view, const gateway::Model*> aliases;
    if (context.controls->aliases != nullptr) {
        for (const gateway::Alias& alias : context.controls->aliases->aliases()) {
            const gateway::Model* const model = alias.enabled ? alias.resolve(catalog) : nullptr;
            if (model != nullptr && may_see(context, *model)) aliases.emplace(alias.name, model);
        }
    }
    std::vector<ListedModel> listed;
    auto next = aliases.begin();
    for (const auto& model : catalog.models()) {  // in order of selector
        for (; next != aliases.end() && next->first <= model->selector; ++next)
            listed.push_back({next->first, next->second});
        const bool replaced = !listed.empty() && listed.back().id == model->selector;
        if (!replaced && !hides_models(context) && may_see(context, *model))
            listed.push_back({model->selector, model.get()});
    }
    for (; next != aliases.end(); ++next)
        listed.push_back({next->first, next->second});
    return listed;
}

std::optional<ListedModel> listed_model(const gateway::RequestContext& context,
                                        std::string_view id) {
    const gateway::AliasTable* const aliases = context.controls->aliases.get();
    const gateway::ModelChoice choice =
        gateway::choose_model(*context.generation->catalog, aliases, id, std::nullopt);
    if (choice.model == nullptr || !may_see(context, *choice.model)) return std::nullopt;
    if (choice.alias_used) return ListedModel{aliases->find(base::trim(id))->name, choice.model};
    if (hides_models(context)) return std::nullopt;
    return ListedModel{choice.model->selector, choice.model};
}

}  // namespace gomodel::api
