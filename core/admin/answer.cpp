#include "admin/answer.hpp"

#include "gateway/client_answer.hpp"

namespace gomodel::admin {

net::Task<void> answer(gateway::RequestContext* context, int status, std::string body) {
    net::HeaderFields fields{{"X-Request-ID", context->request_id}};
    if (status != 204) fields.push_back({"Content-Type", "application/json"});
    co_await context->client.respond(status, fields, body);
}

dialect::ApiError unavailable(std::string message) {
    dialect::ApiError error = dialect::invalid_request(std::move(message));
    error.status = 503;
    error.code = "feature_unavailable";
    return error;
}

dialect::ApiError request_canceled() {
    dialect::ApiError error = dialect::invalid_request("request canceled");
    error.status = 499;
    error.code = "request_canceled";
    return error;
}

dialect::ApiError storage_failed(const base::Error& error) {
    if (error.code != base::Code::kTimeout) {
        dialect::ApiError failed = dialect::internal_error();
        failed.type = "internal_error";
        return failed;
    }
    dialect::ApiError late = dialect::invalid_request("request timed out");
    late.status = 504;
    late.code = "request_timeout";
    return late;
}

net::Task<void> answer_storage_failed(gateway::RequestContext* context, base::Error error) {
    context->error_cause = error.message;
    co_await gateway::answer_error(context, storage_failed(error));
}

void log_failure(const gateway::RequestContext& context, base::Log& log) {
    if (!context.error.has_value()) return;
    const dialect::ApiError& error = *context.error;
    const base::Log::Fields fields{{"type", std::string_view(error.type)},
                                   {"status", std::int64_t{error.status}},
                                   {"message", std::string_view(error.message)},
                                   {"param", error.param ? std::string_view(*error.param) : ""},
                                   {"code", error.code ? std::string_view(*error.code) : ""},
                                   {"error", std::string_view(context.error_cause)},
                                   {"method", context.client.method()},
                                   {"path", context.client.target()},
                                   {"request_id", std::string_view(context.request_id)}};
    constexpr std::string_view kMessage = "admin request failed";
    if (error.status == 499) {
        log.debug(kMessage, fields);
    } else if (error.status >= 500) {
        log.error(kMessage, fields);
    } else {
        log.warn(kMessage, fields);
    }
}

}  // namespace gomodel::admin
