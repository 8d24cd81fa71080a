#include "admin/dashboard_config.hpp"

#include <algorithm>

#include "admin/json_writer.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

using config::FallbackMode;

bool has_exact_cache(const config::Settings& settings) {
    return settings.cache.response.simple.enabled;
}

std::string_view fallback_mode(const config::Fallback& fallback) {
    const auto overridden = [&fallback](FallbackMode mode) {
        return std::any_of(fallback.overrides.begin(), fallback.overrides.end(),
                           [mode](const auto& entry) { return entry.second == mode; });
    };
    if (fallback.default_mode == FallbackMode::kAuto) return "auto";
    if (fallback.default_mode == FallbackMode::kManual) return "manual";
    if (overridden(FallbackMode::kAuto)) return "auto";
    return overridden(FallbackMode::kManual) ? "manual" : "off";
}

}  // namespace

bool has_cache_analytics(const config::Settings& settings) {
    return settings.usage.enabled && has_exact_cache(settings);
}

std::string dashboard_config_json(const config::Settings& settings) {
    JsonWriter json;
    const auto flag = [&json](std::string_view name, bool on) {
        json.member(name, on ? "on" : "off");
    };
    json.begin_object();
    json.member("FEATURE_FALLBACK_MODE", fallback_mode(settings.fallback));
    flag("LOGGING_ENABLED", settings.logging.enabled);
    flag("USAGE_ENABLED", settings.usage.enabled);
    flag("BUDGETS_ENABLED", settings.budgets.enabled && settings.usage.enabled);
    flag("GUARDRAILS_ENABLED", settings.guardrails.enabled);
    flag("CACHE_ENABLED", has_cache_analytics(settings));
    flag("REDIS_URL", has_exact_cache(settings));
    flag("SEMANTIC_CACHE_ENABLED", settings.cache.response.semantic.enabled);
    json.end_object();
    return json.take();
}

net::Task<void> serve_dashboard_config(gateway::RequestContext* context) {
    const std::string body = dashboard_config_json(context->generation->settings);
    co_await gateway::answer_json(context, body);
}

}  // namespace gomodel::admin
