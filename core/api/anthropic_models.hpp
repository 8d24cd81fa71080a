// The list of models in the shape of Anthropic's API, for clients that say they speak it (Claude
// API reference, "Models"). All of them are one page, whatever limit is asked for. Pure.
#pragma once

#include <string>

#include "api/listed_models.hpp"

namespace gomodel::api {

std::string anthropic_model_list(const std::vector<ListedModel>& models);
std::string anthropic_model(const ListedModel& model);

}  // namespace gomodel::api
