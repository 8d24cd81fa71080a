// Which models a request gets to see: those it may use, and the aliases of those. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gateway/request_context.hpp"

namespace gomodel::api {

// A model under the name that clients see. Valid as long as the request.
struct ListedModel {
    std::string_view id;  // its selector, or an alias
    const gateway::Model* model = nullptr;
};

// In order of id. An alias takes the place of a model with the same id.
std::vector<ListedModel> listed_models(const gateway::RequestContext& context);
// The one that a request with this name would use. Nothing: it is not to be seen.
std::optional<ListedModel> listed_model(const gateway::RequestContext& context,
                                        std::string_view id);

}  // namespace gomodel::api
