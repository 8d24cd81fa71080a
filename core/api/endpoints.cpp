#include "api/endpoints.hpp"

#include <algorithm>
#include <array>

#include "api/health.hpp"
#include "api/models.hpp"
#include "gateway/client_answer.hpp"
#include "gateway/inference.hpp"
#include "gateway/passthrough.hpp"

namespace gomodel::api {
namespace {

net::Task<void> chat(RouteCall* call) {
    return gateway::serve_inference(&call->context, dialect::Endpoint::kChat);
}

net::Task<void> responses(RouteCall* call) {
    return gateway::serve_inference(&call->context, dialect::Endpoint::kResponses);
}

net::Task<void> messages(RouteCall* call) {
    return gateway::serve_inference(&call->context, dialect::Endpoint::kMessages);
}

net::Task<void> count_tokens(RouteCall* call) {
    return gateway::serve_inference(&call->context, dialect::Endpoint::kCountTokens);
}

net::Task<void> embeddings(RouteCall* call) {
    return gateway::serve_inference(&call->context, dialect::Endpoint::kEmbeddings);
}

net::Task<void> passthrough(RouteCall* call) {
    gateway::RequestContext& context = call->context;
    const config::Server& server = context.generation->settings.server;
    const std::string_view target = context.client.target();
    constexpr std::string_view kPrefix = "/p/";
    std::string_view path = locate_escaped(server.base_path, target);
    // An escaped prefix has the same route, but nobody means it.
    if (!server.enable_passthrough_routes || !path.starts_with(kPrefix)) {
        co_await gateway::answer_error(&context, dialect::not_found("no such endpoint"));
        co_return;
    }
    path.remove_prefix(kPrefix.size());
    const std::size_t slash = std::min(path.find('/'), path.size());
    gateway::PassthroughTarget where;
    where.provider = percent_decode(path.substr(0, slash)).value_or("");
    where.path = path.substr(slash);
    where.query = call->query;
    where.has_query = target.find('?') != std::string_view::npos;
    co_await gateway::serve_passthrough(&context, std::move(where));
}

constexpr std::array kDataPlaneRoutes = {
    Route{"POST", "/v1/chat/completions", &chat, false, true},
    Route{"POST", "/v1/responses", &responses, false, true},
    Route{"POST", "/v1/messages", &messages, false, true},
    Route{"POST", "/v1/messages/count_tokens", &count_tokens, false, true},
    Route{"POST", "/v1/embeddings", &embeddings, false, true},
    Route{"GET", "/v1/models", &list_models, false, false},
    Route{"GET", "/v1/models/{id}", &get_model, false, false},
    Route{"GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS", "/p/{provider}/{endpoint}", &passthrough,
          false, true},
    Route{"GET", "/health", &health, true, false},
    Route{"GET", "/livez", &health, true, false},
    Route{"GET", "/readyz", &readyz, true, false},
};

}  // namespace

std::span<const Route> data_plane_routes() {
    return kDataPlaneRoutes;
}

net::Task<void> serve_metrics(RouteCall* call) {
    co_await answer_ok(&call->context, call->endpoints.render_metrics(),
                       "text/plain; version=0.0.4; charset=utf-8");
}

net::Task<void> answer_ok(gateway::RequestContext* context, std::string body,
                          std::string_view content_type) {
    const net::HeaderFields fields{{"Content-Type", content_type},
                                   {"X-Request-ID", context->request_id}};
    co_await context->client.respond(200, fields, body);
}

}  // namespace gomodel::api
