#include "admin/model_overrides.hpp"

#include "admin/json_body.hpp"
#include "admin/json_time.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

using gateway::AccessRule;

constexpr std::string_view kModelOverridesFeature = "model overrides";

bool switched_on(const gateway::RequestContext& context) {
    return context.generation->settings.models.overrides_enabled;
}

std::set<std::string, std::less<>> provider_names(const gateway::RequestContext& context) {
    std::set<std::string, std::less<>> names;
    for (const auto& provider : context.generation->providers)
        names.insert(provider->name);
    return names;
}

// The storage failed: these endpoints tell it in their own way.
bool is_of_storage(const base::Error& error) {
    return error.code == base::Code::kInternal;
}

net::Task<void> answer_fault(gateway::RequestContext* context, base::Error error,
                             std::string action) {
    if (!is_of_storage(error)) {
        co_await answer_failure(context, kModelOverridesFeature, std::move(error));
        co_return;
    }
    context->error_cause = std::move(error.message);
    co_await gateway::answer_error(
        context, dialect::provider_error(502, "failed to " + action + " model override"));
}

}  // namespace

void write_rule(json::Out& out, const AccessRule& rule) {
    out.member("selector", rule.selector);
    if (!rule.provider_name.empty()) out.member("provider_name", rule.provider_name);
    if (!rule.model.empty()) out.member("model", rule.model);
    out.key("user_paths").begin_array();
    for (const std::string& path : rule.user_paths)
        out.string(path);
    out.end_array();
    out.member("created_at", json_time(rule.created_at));
    out.member("updated_at", json_time(rule.updated_at));
}

net::Task<void> serve_model_overrides(gateway::RequestContext* context, Control control) {
    const gateway::AccessRules* const rules = context->controls->access.get();
    if (rules == nullptr || !switched_on(*context) || !control.plane->has_storage()) {
        co_await gateway::answer_error(context, feature_unavailable(kModelOverridesFeature));
        co_return;
    }
    json::Out out;
    out.begin_array();
    for (const AccessRule& rule : rules->rules()) {
        write_rule(out.begin_object(), rule);
        out.member("scope_kind", rule.scope()).end_object();
    }
    out.end_array();
    co_await answer(context, 200, out.text());
}

net::Task<void> put_model_override(gateway::RequestContext* context, Control control,
                                   std::string selector) {
    JsonBody body;
    dialect::Failure fault = co_await body.read(context);
    const std::vector<std::string> paths =
        body.texts("user_paths", kMaxName).value_or(std::vector<std::string>());
    if (const std::string bad = fault_of_text("selector", selector, kMaxName); !bad.empty())
        body.fail(bad);
    if (!fault.has_value()) fault = body.fault();
    if (!switched_on(*context)) fault = feature_unavailable(kModelOverridesFeature);
    if (fault.has_value()) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    const auto providers = provider_names(*context);
    base::Result<AccessRule> rule = base::Error{};
    co_await net::OnWorker(*control.workers, context->services.loop, [&] {
        rule = control.plane->model_overrides().put(selector, paths, providers);
    });
    if (!rule.ok()) {
        co_await answer_fault(context, rule.error(), "save");
        co_return;
    }
    json::Out out;
    write_rule(out.begin_object(), *rule);
    out.end_object();
    co_await answer(context, 200, out.text());
}

net::Task<void> delete_model_override(gateway::RequestContext* context, Control control,
                                      std::string selector) {
    base::Status done;
    if (!switched_on(*context)) {
        co_await gateway::answer_error(context, feature_unavailable(kModelOverridesFeature));
        co_return;
    }
    if (const std::string bad = fault_of_text("selector", selector, kMaxName); !bad.empty()) {
        done = base::Error{base::Code::kNotFound, "model override not found: " + bad};
    } else {
        co_await net::OnWorker(*control.workers, context->services.loop,
                               [&] { done = control.plane->model_overrides().remove(selector); });
    }
    if (done.ok()) {
        co_await answer(context, 204, {});
    } else {
        co_await answer_fault(context, done.error(), "delete");
    }
}

}  // namespace gomodel::admin
