#include "api/models.hpp"

#include "api/anthropic_models.hpp"
#include "api/endpoints.hpp"
#include "api/listed_models.hpp"
#include "base/utf8.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::api {
namespace {

void write_model(json::Out& out, const ListedModel& listed) {
    const gateway::Model& model = *listed.model;
    out.begin_object().member("id", base::replace_invalid_utf8(listed.id));
    out.member("object", "model");
    out.member("owned_by", base::replace_invalid_utf8(model.provider->name));
    out.number_member("created", model.created);
    if (model.metadata != nullptr) write_metadata(out.key("metadata"), *model.metadata);
    out.end_object();
}

bool speaks_anthropic(const RouteCall& call) {
    return call.context.client_api == gateway::ClientApi::kAnthropic;
}

dialect::ApiError not_ready() {
    dialect::ApiError error = dialect::provider_error(
        503, "no models are available yet: no provider has listed its models");
    error.retry_after = "1";
    return error;
}

}  // namespace

net::Task<void> list_models(RouteCall* call) {
    if (call->context.generation->catalog->empty()) {
        co_await gateway::answer_error(&call->context, not_ready());
        co_return;
    }
    const std::vector<ListedModel> models = listed_models(call->context);
    if (speaks_anthropic(*call)) {
        co_await answer_ok(&call->context, anthropic_model_list(models));
        co_return;
    }
    json::Out out;
    out.begin_object().member("object", "list").key("data").begin_array();
    for (const ListedModel& model : models)
        write_model(out, model);
    out.end_array().end_object();
    co_await answer_ok(&call->context, out.text());
}

net::Task<void> get_model(RouteCall* call) {
    const gateway::Catalog& catalog = *call->context.generation->catalog;
    const std::optional<ListedModel> model = listed_model(call->context, call->parameter);
    if (!model.has_value()) {
        dialect::ApiError error =
            catalog.empty() ? not_ready() : catalog.unknown(call->parameter, {});
        if (!catalog.empty()) {
            error.status = 404;
            error.type = "not_found_error";
        }
        co_await gateway::answer_error(&call->context, std::move(error));
        co_return;
    }
    if (speaks_anthropic(*call)) {
        co_await answer_ok(&call->context, anthropic_model(*model));
        co_return;
    }
    json::Out out;
    write_model(out, *model);
    co_await answer_ok(&call->context, out.text());
}

}  // namespace gomodel::api
