#include "admin/runtime_json.hpp"

#include "admin/json_time.hpp"
#include "admin/json_writer.hpp"

namespace gomodel::admin {
namespace {

using gateway::RefreshOutcome;
using gateway::RefreshReport;

std::int64_t milliseconds(base::Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

struct Step {
    std::string_view name;
    std::string_view status = "ok";
    std::string message;
    std::string error;
    base::Duration took{};
};

Step skipped(std::string_view name, std::string message = "service is not configured") {
    return {name, "skipped", std::move(message), {}, {}};
}

std::string count_text(std::size_t errors) {
    return std::to_string(errors) + (errors == 1 ? " problem" : " problems") + ", see problems";
}

std::size_t count_errors(const config::Problems& problems) {
    std::size_t errors = 0;
    for (const config::Problem& problem : problems.all())
        errors += problem.severity == config::Severity::kError ? 1 : 0;
    return errors;
}

Step config_step(const RefreshReport& report) {
    if (report.config_errors == 0) return {"config", "ok", {}, {}, report.config_took};
    return {"config", "failed", {}, count_text(report.config_errors), report.config_took};
}

Step plugins_step(const RefreshReport& report) {
    const std::size_t errors = count_errors(report.problems) - report.config_errors;
    if (errors > 0) return {"plugins", "failed", {}, count_text(errors), report.build_took};
    if (report.config_errors > 0) {
        return skipped("plugins", "checked; nothing is loaded without a valid configuration");
    }
    const bool unchanged = report.outcome == RefreshOutcome::kUnchanged;
    return {"plugins",
            "ok",
            unchanged ? "nothing has changed"
                      : "generation " + std::to_string(report.generation) + " is current",
            {},
            report.build_took};
}

Step providers_step(const RefreshReport& report) {
    if (report.outcome == RefreshOutcome::kFailed) {
        return skipped("providers", "the running generation stays");
    }
    Step step{"providers", "ok", {}, {}, report.list_took};
    for (const auto& [name, message] : report.list_failures) {
        step.error += (step.error.empty() ? "" : "; ") + name + ": " + message;
    }
    if (!step.error.empty()) step.status = report.models == 0 ? "failed" : "partial";
    if (!report.listed) step.message = "no provider has changed; none was asked for its models";
    return step;
}

std::vector<Step> steps(const RefreshReport& report) {
    return {config_step(report),
            plugins_step(report),
            skipped("model_list"),
            providers_step(report),
            skipped("model_registry_cache"),
            skipped("auth_keys"),
            skipped("aliases"),
            skipped("model_overrides"),
            skipped("guardrails", "rules are part of the configuration"),
            skipped("workflows")};
}

std::string_view overall(const RefreshReport& report, const std::vector<Step>& done) {
    if (report.outcome == RefreshOutcome::kFailed) return "failed";
    for (const Step& step : done) {
        if (step.status == "failed" && report.models == 0) return "failed";
        if (step.status == "failed" || step.status == "partial") return "partial";
    }
    return "ok";
}

void write(JsonWriter& json, const Step& step) {
    json.begin_object();
    json.member("name", step.name);
    json.member("status", step.status);
    json.optional("message", step.message);
    json.optional("error", step.error);
    json.member("duration_ms", milliseconds(step.took));
    json.end_object();
}

void write(JsonWriter& json, const config::Problem& problem) {
    json.begin_object();
    json.member("severity", problem.severity == config::Severity::kError ? "error" : "warning");
    json.member("where", problem.where);
    json.member("key", problem.key);
    json.member("message", problem.message);
    json.end_object();
}

void write_ours(JsonWriter& json, const RefreshReport& report) {
    json.member("outcome", to_string(report.outcome));
    json.member("trigger", report.trigger);
    json.member("generation", static_cast<std::int64_t>(report.generation));
    json.member("changes", report.changes);
    json.key("restart_required");
    json.begin_array();
    for (const gateway::RestartSetting& setting : report.restart) {
        json.begin_object();
        json.member("key", setting.key);
        json.member("where", setting.where);
        json.end_object();
    }
    json.end_array();
    json.key("problems");
    json.begin_array();
    for (const config::Problem& problem : report.problems.all())
        write(json, problem);
    json.end_array();
}

void write_module(JsonWriter& json, const plugin::Module& module,
                  const gateway::Generation& generation) {
    const gm_module_t& descriptor = module.descriptor();
    json.begin_object();
    json.member("name", descriptor.name == nullptr ? "" : descriptor.name);
    json.member("file", module.file().string());
    json.member("sha256", module.sha256());
    json.key("plugins");
    json.begin_array();
    for (std::uint32_t i = 0; i < descriptor.plugin_count; ++i) {
        const gm_plugin_t& plugin = *descriptor.plugins[i];
        json.begin_object();
        json.member("id", plugin.id);
        json.member("version", plugin.version == nullptr ? "" : plugin.version);
        json.end_object();
    }
    json.end_array();
    json.key("instances");
    json.begin_array();
    for (const auto& provider : generation.providers) {
        if (&provider->instance->module() == &module) json.text(provider->name);
    }
    for (const auto& guardrail : generation.guardrails) {
        if (&guardrail->instance->module() == &module) json.text(guardrail->name);
    }
    json.end_array();
    json.end_object();
}

void write_guardrails(JsonWriter& json, const gateway::Generation& generation) {
    json.key("guardrails");
    json.begin_array();
    for (const auto& guardrail : generation.guardrails) {
        json.begin_object();
        json.member("name", guardrail->name);
        json.member("type", guardrail->type);
        json.member("order", std::int64_t{guardrail->order});
        json.flag("left_out", guardrail->account->bypass().active());
        json.end_object();
    }
    json.end_array();
}

void write_count(JsonWriter& json, std::string_view name, const gateway::CanaryCount& count) {
    json.key(name);
    json.begin_object();
    json.member("requests", static_cast<std::int64_t>(count.requests));
    json.member("errors", static_cast<std::int64_t>(count.errors));
    json.real("error_rate", count.error_rate());
    json.real("plugin_p90_ms", std::chrono::duration<double, std::milli>(count.plugin_p90).count());
    json.end_object();
}

void write_canary(JsonWriter& json, const gateway::Canary& canary) {
    const gateway::CanaryFigures figures = canary.trial->figures();
    json.key("canary");
    json.begin_object();
    json.member("state", to_string(figures.state));
    json.optional("reason", figures.reason);
    json.member("file", canary.rules.module);
    json.member("sha256", canary.sha256);
    json.real("share", canary.rules.share);
    json.key("promote_after");
    json.begin_object();
    json.member("requests", std::int64_t{canary.rules.requests});
    json.real("max_error_rate", canary.rules.max_error_rate);
    json.real("max_slowdown", canary.rules.max_slowdown);
    json.end_object();
    json.key("providers");
    json.begin_array();
    for (const auto& provider : canary.providers)
        json.text(provider->name);
    json.end_array();
    write_count(json, "current", figures.current);
    write_count(json, "canary", figures.canary);
    json.end_object();
}

}  // namespace

std::string refresh_json(const RefreshReport& report) {
    const std::vector<Step> done = steps(report);
    JsonWriter json;
    json.begin_object();
    json.member("status", overall(report, done));
    json.member("started_at", json_time(report.started));
    json.member("finished_at", json_time(report.finished));
    json.member("duration_ms", milliseconds(report.took));
    json.member("model_count", static_cast<std::int64_t>(report.models));
    json.member("provider_count", static_cast<std::int64_t>(report.providers));
    json.key("steps");
    json.begin_array();
    for (const Step& step : done)
        write(json, step);
    json.end_array();
    write_ours(json, report);
    json.end_object();
    return json.take();
}

std::string generations_json(const std::vector<gateway::LiveGeneration>& generations) {
    JsonWriter json;
    json.begin_object();
    const std::uint64_t current = generations.empty() ? 0 : generations[0].generation->number;
    json.member("current", static_cast<std::int64_t>(current));
    json.key("generations");
    json.begin_array();
    for (const gateway::LiveGeneration& live : generations) {
        const gateway::Generation& generation = *live.generation;
        json.begin_object();
        json.member("number", static_cast<std::int64_t>(generation.number));
        json.flag("current", live.current);
        json.member("since", json_time(generation.since));
        json.member("trigger", generation.trigger);
        json.member("requests", static_cast<std::int64_t>(live.requests));
        json.member("changes", generation.changes);
        json.key("modules");
        json.begin_array();
        for (const auto& module : generation.registry->modules())
            write_module(json, *module, generation);
        json.end_array();
        write_guardrails(json, generation);
        if (generation.canary != nullptr) write_canary(json, *generation.canary);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

}  // namespace gomodel::admin
