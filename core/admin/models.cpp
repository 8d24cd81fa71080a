#include "admin/models.hpp"

#include <algorithm>

#include "admin/answer.hpp"
#include "admin/model_overrides.hpp"
#include "base/utf8.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

constexpr std::string_view kAll = "all";

bool is_in(const gateway::Model& model, std::string_view category) {
    if (category == kAll) return true;
    if (model.metadata == nullptr) return false;
    const auto& categories = model.metadata->categories;
    return std::find(categories.begin(), categories.end(), category) != categories.end();
}

// Who may use a model. While rules are switched off everybody may.
void write_access(json::Out& out, const gateway::Model& model, const ModelAccess& access) {
    const bool ruled = access.settings.overrides_enabled;
    const bool by_default = !ruled || access.settings.enabled_by_default;
    const gateway::AccessRule* const rule =
        ruled && access.rules != nullptr ? access.rules->rule_for(model.provider->name, model.id)
                                         : nullptr;
    out.begin_object().member("selector", base::replace_invalid_utf8(model.selector));
    out.raw_member("default_enabled", by_default ? "true" : "false");
    out.raw_member("effective_enabled", by_default || rule != nullptr ? "true" : "false");
    if (rule != nullptr) {
        out.key("user_paths").begin_array();
        for (const std::string& path : rule->user_paths)
            out.string(path);
        out.end_array();
        if (rule->scope() == "provider_model") {
            write_rule(out.key("override").begin_object(), *rule);
            out.end_object();
        }
    }
    out.end_object();
}

void write(json::Out& out, const gateway::Model& model, const ModelAccess& access) {
    out.begin_object().key("model").begin_object();
    out.member("id", base::replace_invalid_utf8(model.id)).member("object", "model");
    out.member("owned_by", base::replace_invalid_utf8(model.owned_by.empty() ? model.provider->type
                                                                             : model.owned_by));
    out.number_member("created", model.created);
    if (model.metadata != nullptr) write_metadata(out.key("metadata"), *model.metadata);
    out.end_object();
    out.member("provider_type", model.provider->type);
    out.member("provider_name", base::replace_invalid_utf8(model.provider->name));
    out.member("selector", base::replace_invalid_utf8(model.selector));
    write_access(out.key("access"), model, access);
    out.end_object();
}

// The value of ?category=; the last one counts.
std::string_view category_in(std::string_view query) {
    constexpr std::string_view kName = "category=";
    std::string_view category;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view part = query.substr(0, end);
        if (part.starts_with(kName)) category = part.substr(kName.size());
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return category.empty() ? kAll : category;
}

}  // namespace

std::string models_json(const gateway::Catalog& catalog, std::string_view category,
                        const ModelAccess& access) {
    json::Out out;
    out.begin_array();
    for (const auto& model : catalog.models()) {
        if (is_in(*model, category)) write(out, *model, access);
    }
    out.end_array();
    return out.text();
}

std::string categories_json(const gateway::Catalog& catalog) {
    json::Out out;
    out.begin_array();
    for (const gateway::Category& category : gateway::kCategories) {
        const auto count =
            std::count_if(catalog.models().begin(), catalog.models().end(),
                          [&](const auto& model) { return is_in(*model, category.id); });
        out.begin_object().member("category", category.id).member("display_name", category.name);
        out.number_member("count", count).end_object();
    }
    out.end_array();
    return out.text();
}

net::Task<void> serve_models(gateway::RequestContext* context, std::string_view query) {
    const std::string category(category_in(query));
    const bool known = std::any_of(std::begin(gateway::kCategories), std::end(gateway::kCategories),
                                   [&](const auto& one) { return one.id == category; });
    if (!known) {
        co_await gateway::answer_error(context,
                                       dialect::invalid_request("invalid category: " + category));
        co_return;
    }
    co_await answer(
        context, 200,
        models_json(*context->generation->catalog, category,
                    {context->generation->settings.models, context->controls->access.get()}));
}

net::Task<void> serve_model_categories(gateway::RequestContext* context) {
    co_await answer(context, 200, categories_json(*context->generation->catalog));
}

}  // namespace gomodel::admin
