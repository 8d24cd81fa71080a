// Makes the store of a generation's exact cache out of `cache.response.simple`. Control thread.
#pragma once

#include "gateway/generation_builder.hpp"

namespace gomodel::gateway::recall {

// Null: it is off, only checked, or what is wrong is among the problems. The previous generation's
// instance is carried over if it would not be any different.
std::shared_ptr<AnswerStore> build_store(const config::Loaded& loaded, const BuildOptions& options,
                                         const plugin::Registry& registry,
                                         const Generation* previous, base::Log& log,
                                         config::Problems& problems);

}  // namespace gomodel::gateway::recall
