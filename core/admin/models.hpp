// The admin API's endpoints on models: the models of one category, and the categories. Loop thread.
#pragma once

#include <string>
#include <string_view>

#include "gateway/request_context.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/models?category=
net::Task<void> serve_models(gateway::RequestContext* context, std::string_view query);

// GET /admin/api/v1/models/categories
net::Task<void> serve_model_categories(gateway::RequestContext* context);

// Which rules say who may use which model.
struct ModelAccess {
    const config::Models& settings;
    const gateway::AccessRules* rules = nullptr;  // nullptr: none are known
};

// Their answers. Pure; any thread. `category` is one of gateway::kCategories.
std::string models_json(const gateway::Catalog& catalog, std::string_view category,
                        const ModelAccess& access);
std::string categories_json(const gateway::Catalog& catalog);

}  // namespace gomodel::admin
