// Has a provider do something for the gateway itself, such as listing its models, and returns the
// whole JSON answer. Loop thread.
#pragma once

#include <string>

#include "gateway/plugin_exchange.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::gateway {

struct CollectOptions {
    std::uint32_t kind = GM_CAN_LIST_MODELS;
    std::string_view endpoint = "/models";  // the metrics' name for it
    base::Duration timeout = std::chrono::seconds(30);
    std::size_t max_bytes = 16 * 1024 * 1024;
};

// Errors: what the plugin or the upstream said, kTimeout, kCancelled, kExhausted (too large).
net::Task<base::Result<std::string>> collect(LoopServices* services, const Provider* provider,
                                             CollectOptions options, net::CancelSource* cancel);

}  // namespace gomodel::gateway
