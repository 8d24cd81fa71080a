// What the admin API's endpoints on managed tables share: what they act on, how they answer, how a
// failure is told. Loop thread; tables are changed on a worker's.
#pragma once

#include <string>
#include <string_view>

#include "admin/answer.hpp"
#include "control/control_plane.hpp"
#include "gateway/request_context.hpp"
#include "net/worker_pool.hpp"

namespace gomodel::admin {

// All of it outlives every request.
struct Control {
    control::ControlPlane* plane = nullptr;
    net::WorkerPool* workers = nullptr;
};

// Answers with what a change of a table failed with (see control/managed_table.hpp).
// `feature`: "auth keys".
net::Task<void> answer_failure(gateway::RequestContext* context, std::string_view feature,
                               base::Error error);

// 503: the feature is switched off, or its table has not been read yet.
dialect::ApiError feature_unavailable(std::string_view feature);

// What is wrong with a text of a request, "name is longer than 1024 bytes"; empty: nothing.
// `name`: what it is called.
std::string fault_of_text(std::string_view name, std::string_view text, std::size_t longest);
constexpr std::size_t kMaxName = 1024;  // in bytes; databases have limits for what they index
constexpr std::size_t kMaxDescription = 8192;

}  // namespace gomodel::admin
