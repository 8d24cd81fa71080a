// Which other models may serve a request when the one it asked for cannot, and whether an error
// calls for them. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "gateway/catalog.hpp"

namespace gomodel::gateway {

// In auto mode at most so many models follow those of the rules.
constexpr std::size_t kMaxAutomatic = 5;

// True iff the next model is to be tried after this error of the first: a status of 5xx or 429, or
// words that say that the model is gone.
bool calls_for_fallback(const dialect::ApiError& error);

// False: fallback_chain() of these is empty, and costs more to ask. `model` and `provider` are what
// the client said.
bool may_fall_back(const config::Fallback& rules, const Model& source, const std::string& model,
                   const std::optional<std::string>& provider);

// What to try after `source`, in order, each once: the models of the manual rules, then, in auto
// mode, those of stand_ins(). Models that the catalogue does not have are left out.
std::vector<const Model*> fallback_chain(const config::Fallback& rules, const Catalog& catalog,
                                         const Model& source, const std::string& model,
                                         const std::optional<std::string>& provider);

}  // namespace gomodel::gateway
