#include "api/models.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "api/anthropic_models.hpp"
#include "api/endpoints.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::api {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write_text(Writer& writer, const char* key, std::string_view value) {
    writer.Key(key);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void write_model(Writer& writer, const gateway::Model& model) {
    writer.StartObject();
    write_text(writer, "id", model.selector);
    write_text(writer, "object", "model");
    write_text(writer, "owned_by", model.provider->name);
    writer.Key("created");
    writer.Int64(model.created);
    writer.EndObject();
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
    const gateway::Catalog& catalog = *call->context.generation->catalog;
    if (catalog.empty()) {
        co_await gateway::answer_error(&call->context, not_ready());
        co_return;
    }
    if (speaks_anthropic(*call)) {
        co_await answer_ok(&call->context, anthropic_model_list(catalog));
        co_return;
    }
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    write_text(writer, "object", "list");
    writer.Key("data");
    writer.StartArray();
    for (const auto& model : catalog.models())
        write_model(writer, *model);
    writer.EndArray();
    writer.EndObject();
    co_await answer_ok(&call->context, std::string(buffer.GetString(), buffer.GetSize()));
}

net::Task<void> get_model(RouteCall* call) {
    const gateway::Catalog& catalog = *call->context.generation->catalog;
    const gateway::Model* const model = catalog.find(call->parameter);
    if (model == nullptr) {
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
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    write_model(writer, *model);
    co_await answer_ok(&call->context, std::string(buffer.GetString(), buffer.GetSize()));
}

}  // namespace gomodel::api
