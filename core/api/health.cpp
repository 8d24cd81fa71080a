#include "api/health.hpp"

#include <gomodel/json_out.hpp>

#include "api/endpoints.hpp"

namespace gomodel::api {
namespace {

net::Task<void> answer(gateway::RequestContext* context, int status, std::string body) {
    const net::HeaderFields fields{{"Content-Type", "application/json"},
                                   {"Cache-Control", "no-store"},
                                   {"X-Request-ID", context->request_id}};
    co_await context->client.respond(status, fields, body);
}

}  // namespace

Readiness readiness(const Condition& condition, bool has_models, bool knows_keys) {
    const bool records = condition.storage_works || condition.journal_takes;
    const bool ready = !condition.draining && has_models && records && knows_keys;
    std::string_view storage = "lost";
    if (condition.storage_works) {
        storage = "ok";
    } else if (condition.journal_takes) {
        storage = "journaled";
    }
    json::Out out;
    out.begin_object().member("status", ready ? "ok" : "unavailable");
    out.key("checks").begin_object();
    out.member("process", condition.draining ? "draining" : "ok");
    out.member("providers", has_models ? "ok" : "no models");
    out.member("storage", storage);
    out.member("keys", knows_keys ? "ok" : "not read yet");
    out.end_object().end_object();
    return {ready ? 200 : 503, std::string(out.text())};
}

net::Task<void> health(RouteCall* call) {
    const bool draining = call->endpoints.condition().draining;
    return answer(&call->context, 200,
                  draining ? R"({"status":"draining"})" : R"({"status":"ok"})");
}

net::Task<void> readyz(RouteCall* call) {
    const bool has_models = !call->context.generation->catalog->empty();
    const bool knows_keys = call->context.controls->keys != nullptr ||
                            call->context.generation->authenticator.has_master_key();
    Readiness now = readiness(call->endpoints.condition(), has_models, knows_keys);
    return answer(&call->context, now.status, std::move(now.body));
}

}  // namespace gomodel::api
