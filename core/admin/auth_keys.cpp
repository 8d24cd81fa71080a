#include "admin/auth_keys.hpp"

#include <gomodel/json_out.hpp>

#include "admin/json_body.hpp"
#include "admin/json_time.hpp"
#include "base/rfc3339.hpp"
#include "base/text.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

using gateway::ManagedKey;

constexpr std::string_view kAuthKeysFeature = "auth keys";

void optional_time(json::Out& out, std::string_view name,
                   const std::optional<base::WallTime>& time) {
    if (time.has_value()) out.member(name, json_time(*time));
}

// `token`: of a key that was just made; empty: not to be shown.
void write(json::Out& out, const ManagedKey& key, base::WallTime now, std::string_view token) {
    out.begin_object().member("id", key.id).member("name", key.name);
    if (!key.description.empty()) out.member("description", key.description);
    if (!key.user_path.empty()) out.member("user_path", key.user_path);
    out.member("redacted_value", key.redacted);
    out.raw_member("enabled", key.enabled ? "true" : "false");
    out.member("role", to_string(key.role));
    optional_time(out, "expires_at", key.expires_at);
    optional_time(out, "deactivated_at", key.deactivated_at);
    out.member("created_at", json_time(key.created_at));
    out.member("updated_at", json_time(key.updated_at));
    if (const std::int64_t used = key.last_use->seconds.load(std::memory_order_relaxed); used > 0)
        out.member("last_used_at", json_time(base::WallTime(std::chrono::seconds(used))));
    out.raw_member("active", key.active(now) ? "true" : "false");
    if (!token.empty()) out.member("value", token);
    out.end_object();
}

control::NewKey wanted_key(JsonBody& body) {
    control::NewKey wanted;
    wanted.name = body.text("name", kMaxName);
    wanted.description = body.text("description", kMaxDescription);
    wanted.user_path = body.text("user_path", kMaxName);
    const std::string expires_at = body.text("expires_at", kMaxName);
    wanted.expires_at = base::parse_rfc3339(base::trim(expires_at));
    if (!base::trim(expires_at).empty() && !wanted.expires_at.has_value())
        body.fail("invalid request body: expires_at must be a time such as 2030-01-31T23:59:59Z");
    const std::string role = body.text("role", kMaxName);
    const auto known = gateway::parse_role(role);
    if (!role.empty() && !known.has_value())
        body.fail("invalid request body: role must be user or admin");
    wanted.role = known.value_or(gateway::KeyRole::kUser);
    return wanted;
}

}  // namespace

std::string auth_keys_json(const gateway::KeyTable& keys, base::WallTime now) {
    json::Out out;
    out.begin_array();
    for (const ManagedKey& key : keys.keys())
        write(out, key, now, {});
    out.end_array();
    return out.text();
}

net::Task<void> serve_auth_keys(gateway::RequestContext* context, Control control) {
    if (context->controls->keys == nullptr || !control.plane->has_storage()) {
        co_await gateway::answer_error(context, feature_unavailable(kAuthKeysFeature));
        co_return;
    }
    const base::WallTime now = context->services.loop.clock().wall();
    co_await answer(context, 200, auth_keys_json(*context->controls->keys, now));
}

net::Task<void> create_auth_key(gateway::RequestContext* context, Control control) {
    JsonBody body;
    dialect::Failure fault = co_await body.read(context);
    control::NewKey wanted = wanted_key(body);
    if (!fault.has_value()) fault = body.fault();
    if (fault.has_value()) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    base::Result<control::CreatedKey> created = base::Error{};
    co_await net::OnWorker(*control.workers, context->services.loop,
                           [&] { created = control.plane->auth_keys().create(std::move(wanted)); });
    if (!created.ok()) {
        co_await answer_failure(context, kAuthKeysFeature, created.error());
        co_return;
    }
    json::Out out;
    write(out, created->key, context->services.loop.clock().wall(), created->token);
    co_await answer(context, 201, out.text());
}

net::Task<void> deactivate_auth_key(gateway::RequestContext* context, Control control,
                                    std::string id) {
    base::Status done;
    if (const std::string fault = fault_of_text("id", id, kMaxName); !fault.empty()) {
        done = base::Error{base::Code::kNotFound, "auth key not found: " + fault};
    } else {
        co_await net::OnWorker(*control.workers, context->services.loop,
                               [&] { done = control.plane->auth_keys().deactivate(id); });
    }
    if (done.ok()) {
        co_await answer(context, 204, {});
    } else {
        co_await answer_failure(context, kAuthKeysFeature, done.error());
    }
}

}  // namespace gomodel::admin
