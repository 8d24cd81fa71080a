#include "api/request_handler.hpp"

#include "admin/answer.hpp"
#include "api/admin_routes.hpp"
#include "api/model_paths.hpp"
#include "base/memory_reserve.hpp"
#include "base/text.hpp"
#include "config/user_path.hpp"
#include "gateway/client_answer.hpp"
#include "gateway/note_request.hpp"

namespace gomodel::api {
namespace {

// The value of a header; a view without data if it is absent, which an empty one is not.
std::string_view optional_header(const net::ServerExchange& exchange, std::string_view name) {
    for (const net::HeaderField& field : exchange.fields()) {
        if (base::iequals(field.name, name)) {
            return field.value.data() == nullptr ? std::string_view("", 0) : field.value;
        }
    }
    return {};
}

bool is_at(std::string_view path, std::string_view place) {
    return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

// path: below the base path.
gateway::ClientApi api_of(const net::ServerExchange& exchange, std::string_view path) {
    const bool anthropic =
        is_at(path, "/v1/messages") ||
        (is_at(path, "/v1/models") && !exchange.header("anthropic-version").empty());
    return anthropic ? gateway::ClientApi::kAnthropic : gateway::ClientApi::kOpenAi;
}

dialect::ApiError method_not_allowed() {
    dialect::ApiError error = dialect::invalid_request("method not allowed");
    error.status = 405;
    return error;
}

dialect::ApiError not_for_users() {
    dialect::ApiError error =
        dialect::authentication_error("this API key may not use the admin API: its role is user");
    error.status = 403;
    error.code = "admin_role_required";
    return error;
}

// What is said to bytes that are no request we can serve.
dialect::ApiError refusal(int status, std::string_view reason) {
    if (status >= 500 && status != 501 && status != 505) return dialect::internal_error();
    dialect::ApiError error = dialect::invalid_request(std::string(reason));
    error.status = status;
    return error;
}

}  // namespace

net::Task<void> RequestHandler::handle(net::ServerExchange& exchange) {
    gateway::RequestContext context(exchange, services_, generations_.get(), controls_.get());
    context.started = services_.loop.now();  // when the turn found the request
    identify(context);
    dialect::Failure failure;
    try {
        co_await dispatch(&context);
    } catch (const std::bad_alloc&) {
        failure = dialect::overloaded("the gateway is out of memory");
    } catch (const std::exception& error) {
        failure = dialect::internal_error();
        log_.error("request failed with an internal error",
                   {{"error", std::string_view(error.what())},
                    {"request_id", std::string_view(context.request_id)},
                    {"uri", exchange.target()}});
    }
    if (failure.has_value() && !exchange.started()) {
        co_await gateway::answer_error(&context, std::move(failure));
    } else if (failure.has_value()) {
        context.record.cause = gateway::EndCause::kAborted;
        exchange.abort();
    }
    record(context);
}

void RequestHandler::identify(gateway::RequestContext& context) {
    const std::string_view given = base::trim(context.client.header("x-request-id"));
    const auto make_id = [this] {
        return base::uuid4_by_time(services_.random, services_.loop.clock().wall());
    };
    context.request_id = given.empty() ? make_id() : std::string(given);
    const config::Settings& settings = context.generation->settings;
    if (!settings.usage.enabled && !settings.logging.enabled) return;
    // What a client calls its request, another may call its own.
    context.id = given.empty() ? context.request_id : make_id();
}

// From here on what passes is copied for the audit log, if it is to be there.
void RequestHandler::begin_log(gateway::RequestContext& context) {
    const config::Logging& logging = context.generation->settings.logging;
    const bool model_path = is_model_path(context.path);
    if (!model_path && logging.only_model_interactions) return;
    net::CopyRules rules;
    rules.fields = logging.log_headers;
    rules.bodies = logging.log_bodies && model_path;  // those of the admin API may be secret
    context.copy = std::make_unique<net::ExchangeCopy>(context.client.fields(), rules);
    context.client.copy_to(context.copy.get());
}

net::Task<void> RequestHandler::dispatch(gateway::RequestContext* context) {
    Destination to = find_destination(*context);
    if (to.refused.has_value()) {
        net::HeaderFields fields;
        if (!to.allowed.empty()) fields.push_back({"Allow", to.allowed});
        co_await gateway::answer_error(context, std::move(to.refused), std::move(fields));
        co_return;
    }
    const std::string_view target = context->client.target();
    const std::size_t query = target.find('?');
    RouteCall call{*context, endpoints_, std::move(to.parameter),
                   query == std::string_view::npos ? std::string_view() : target.substr(query + 1)};
    co_await to.handler(&call);
    if (to.admin) admin::log_failure(*context, log_);
}

// Notes on the way what is known of the request then.
RequestHandler::Destination RequestHandler::find_destination(gateway::RequestContext& context) {
    const config::Settings& settings = context.generation->settings;
    context.record.access_logged = !settings.logging.only_model_interactions;
    const base::Result<std::string> path =
        locate(settings.server.base_path, context.client.target());
    if (!path.ok()) {
        Destination nowhere;
        nowhere.refused = dialect::from_base(path.error());
        return nowhere;
    }
    context.path = *path;
    if (settings.logging.enabled) begin_log(context);
    context.client_api = api_of(context.client, *path);
    const Route metrics{"GET", settings.metrics.endpoint, &serve_metrics, true, false};
    Destination to;
    to.admin = settings.admin.endpoints_enabled && path->starts_with(kAdminPrefix);
    Match found =
        match(to.admin ? admin_routes() : data_plane_routes(), context.client.method(), *path);
    if (found.route == nullptr && settings.metrics.enabled) {
        const std::span<const Route> page_only(&metrics, 1);
        Match page = match(page_only, context.client.method(), *path);
        if (page.route != nullptr || found.allowed.empty()) found = std::move(page);
    }
    const bool is_public = found.route != nullptr && found.route->is_public;
    if (found.route != nullptr) {
        context.record.route = found.route->pattern;
        context.record.access_logged |= found.route->model_interaction;
        to.handler = found.route->handler;
        to.parameter = std::move(found.parameter);
    }

    if (!is_public && base::short_of_memory()) {
        to.refused = dialect::overloaded("the gateway is short of memory");
    } else if (dialect::Failure refused = admit(context, is_public, to.admin)) {
        to.refused = std::move(refused);
    } else if (found.route == nullptr && !found.allowed.empty()) {
        to.refused = method_not_allowed();
        to.allowed = std::move(found.allowed);
    } else if (found.route == nullptr) {
        to.refused = dialect::not_found("no such endpoint");
    }
    return to;
}

// Who it is, and for whom.
dialect::Failure RequestHandler::admit(gateway::RequestContext& context, bool is_public,
                                       bool admin) {
    if (is_public) return std::nullopt;
    // The admin API takes a bearer token and nothing else.
    const std::string_view api_key =
        admin ? std::string_view() : optional_header(context.client, "x-api-key");
    auto checked = context.generation->authenticator.check(
        optional_header(context.client, "authorization"), api_key, *context.controls,
        services_.loop.clock().wall());
    if (auto* refused = std::get_if<gateway::Refused>(&checked)) {
        context.refused_because = refused->reason;
        return std::move(refused->error);
    }
    context.principal = std::get<gateway::Principal>(checked);
    if (admin && !context.principal.is_admin()) {
        context.refused_because = "API key without the role admin";
        return not_for_users();
    }
    base::Result<std::string> path =
        config::normalise_user_path(context.client.header("x-gomodel-user-path"));
    if (!path.ok()) {
        return dialect::invalid_request("invalid X-GoModel-User-Path header: " +
                                        path.error().message);
    }
    context.user_path = std::move(*path);
    const gateway::ManagedKey* const key = context.principal.key;
    if (key != nullptr && !key->user_path.empty()) context.user_path = key->user_path;
    return std::nullopt;
}

void RequestHandler::record(gateway::RequestContext& context) {
    gateway::note_request(context);
    if (context.client.cut_off()) context.record.cause = gateway::EndCause::kAborted;
    context.client.copy_to(nullptr);
    services_.recorder.record(context.record);
}

std::string RequestHandler::error_body(int status, std::string_view reason) {
    return dialect::to_json(refusal(status, reason));
}

net::Task<void> RequestHandler::refuse(net::ServerExchange& exchange, int status,
                                       std::string reason) {
    gateway::RequestContext context(exchange, services_, generations_.get(), controls_.get());
    context.started = services_.loop.now();  // when the turn found the request
    context.record.access_logged = !context.generation->settings.logging.only_model_interactions;
    identify(context);
    co_await gateway::answer_error(&context, refusal(status, reason));
    record(context);
}

}  // namespace gomodel::api
