#include "admin/aliases.hpp"

#include <gomodel/json_out.hpp>

#include "admin/json_body.hpp"
#include "admin/json_time.hpp"
#include "base/text.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

constexpr std::string_view kAliasesFeature = "aliases";

void write(json::Out& out, const gateway::Alias& alias) {
    out.member("name", alias.name).member("target_model", alias.target_model);
    if (!alias.target_provider.empty()) out.member("target_provider", alias.target_provider);
    if (!alias.description.empty()) out.member("description", alias.description);
    out.raw_member("enabled", alias.enabled ? "true" : "false");
    out.member("created_at", json_time(alias.created_at));
    out.member("updated_at", json_time(alias.updated_at));
}

}  // namespace

std::string aliases_json(const gateway::AliasTable& aliases, const gateway::Catalog& catalog) {
    json::Out out;
    out.begin_array();
    for (const gateway::Alias& alias : aliases.aliases()) {
        const gateway::Model* const model = alias.resolve(catalog);
        write(out.begin_object(), alias);
        out.member("resolved_model", model == nullptr ? alias.target() : model->selector);
        if (model != nullptr) out.member("provider_type", model->provider->type);
        out.raw_member("valid", model == nullptr ? "false" : "true").end_object();
    }
    out.end_array();
    return out.text();
}

net::Task<void> serve_aliases(gateway::RequestContext* context, Control control) {
    const gateway::AliasTable* const aliases = context->controls->aliases.get();
    if (aliases == nullptr || !control.plane->has_storage()) {
        co_await gateway::answer_error(context, feature_unavailable(kAliasesFeature));
        co_return;
    }
    co_await answer(context, 200, aliases_json(*aliases, *context->generation->catalog));
}

net::Task<void> put_alias(gateway::RequestContext* context, Control control, std::string name) {
    JsonBody body;
    dialect::Failure fault = co_await body.read(context);
    control::AliasChange change;
    change.target_model = body.text("target_model", kMaxName);
    change.target_provider = body.text("target_provider", kMaxName);
    change.description = body.text("description", kMaxDescription);
    change.enabled = body.flag("enabled");
    if (const std::string bad = fault_of_text("alias name", name, kMaxName); !bad.empty())
        body.fail(bad);
    if (!fault.has_value()) fault = body.fault();
    if (fault.has_value()) {
        co_await gateway::answer_error(context, std::move(fault));
        co_return;
    }
    change.name = std::move(name);
    base::Result<gateway::Alias> alias = base::Error{};
    co_await net::OnWorker(*control.workers, context->services.loop, [&] {
        alias = control.plane->aliases().put(std::move(change), *context->generation->catalog);
    });
    if (!alias.ok()) {
        co_await answer_failure(context, kAliasesFeature, alias.error());
        co_return;
    }
    json::Out out;
    write(out.begin_object(), *alias);
    out.end_object();
    co_await answer(context, 200, out.text());
}

net::Task<void> delete_alias(gateway::RequestContext* context, Control control, std::string name) {
    base::Status done;
    name = base::trim(name);
    if (const std::string bad = fault_of_text("alias name", name, kMaxName); !bad.empty()) {
        done = base::Error{base::Code::kNotFound, "alias not found: " + bad};
    } else {
        co_await net::OnWorker(*control.workers, context->services.loop,
                               [&] { done = control.plane->aliases().remove(name); });
    }
    if (done.ok()) {
        co_await answer(context, 204, {});
    } else {
        co_await answer_failure(context, kAliasesFeature, done.error());
    }
}

}  // namespace gomodel::admin
