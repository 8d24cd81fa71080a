// /p/{provider}/...: a provider's own API with the gateway's credentials. The plugin names the
// target and signs; method, path, query, headers and bodies are the client's and the upstream's own
// and go through as they are. Loop thread.
#pragma once

#include "gateway/request_context.hpp"

namespace gomodel::gateway {

// Where a request goes, as its target says. Views must outlive the request.
struct PassthroughTarget {
    std::string provider;   // a configured name, or a type; decoded
    std::string_view path;  // below it, escaped as received
    std::string_view query;
    bool has_query = false;
};

// Serves one authenticated request and answers it, whatever happens.
net::Task<void> serve_passthrough(RequestContext* context, PassthroughTarget target);

}  // namespace gomodel::gateway
