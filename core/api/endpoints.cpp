#include "api/endpoints.hpp"

#include <array>

#include "api/models.hpp"
#include "gateway/client_answer.hpp"
#include "gateway/inference.hpp"

namespace gomodel::api {
namespace {

net::Task<void> health(RouteCall* call) {
    co_await answer_ok(&call->context, R"({"status":"ok"})");
}

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

constexpr std::array kRoutes = {
    Route{"POST", "/v1/chat/completions", &chat, false, true},
    Route{"POST", "/v1/responses", &responses, false, true},
    Route{"POST", "/v1/messages", &messages, false, true},
    Route{"POST", "/v1/messages/count_tokens", &count_tokens, false, true},
    Route{"POST", "/v1/embeddings", &embeddings, false, true},
    Route{"GET", "/v1/models", &list_models, false, false},
    Route{"GET", "/v1/models/{id}", &get_model, false, false},
    Route{"GET", "/health", &health, true, false},
};

}  // namespace

std::span<const Route> data_plane_routes() {
    return kRoutes;
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
