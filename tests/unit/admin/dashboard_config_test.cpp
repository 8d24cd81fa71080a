// Every feature is "on" or "off", as configured.
#include "admin/dashboard_config.hpp"

#include <gtest/gtest.h>

namespace gomodel::admin {
namespace {

TEST(DashboardConfig, SaysWhatIsOn) {
    config::Settings settings;
    EXPECT_EQ(dashboard_config_json(settings),
              R"({"FEATURE_FALLBACK_MODE":"manual","LOGGING_ENABLED":"off","USAGE_ENABLED":"on",)"
              R"("BUDGETS_ENABLED":"on","GUARDRAILS_ENABLED":"off","CACHE_ENABLED":"off",)"
              R"("REDIS_URL":"off","SEMANTIC_CACHE_ENABLED":"off"})");
    settings.logging.enabled = true;
    settings.guardrails.enabled = true;
    settings.cache.response.simple.enabled = true;
    settings.cache.response.simple.redis.url = "redis://:secret@cache";
    EXPECT_EQ(dashboard_config_json(settings),
              R"({"FEATURE_FALLBACK_MODE":"manual","LOGGING_ENABLED":"on","USAGE_ENABLED":"on",)"
              R"("BUDGETS_ENABLED":"on","GUARDRAILS_ENABLED":"on","CACHE_ENABLED":"on",)"
              R"("REDIS_URL":"on","SEMANTIC_CACHE_ENABLED":"off"})");
    settings.usage.enabled = false;
    EXPECT_FALSE(has_cache_analytics(settings));
}

std::string mode(config::FallbackMode usual, std::map<std::string, config::FallbackMode> others) {
    config::Settings settings;
    settings.fallback.default_mode = usual;
    settings.fallback.overrides = std::move(others);
    const std::string json = dashboard_config_json(settings);
    constexpr std::string_view kStart = R"({"FEATURE_FALLBACK_MODE":")";
    return json.substr(kStart.size(), json.find('"', kStart.size()) - kStart.size());
}

TEST(DashboardConfig, TheStrongestModeOfFallbackCounts) {
    using config::FallbackMode;
    EXPECT_EQ(mode(FallbackMode::kAuto, {{"m", FallbackMode::kOff}}), "auto");
    EXPECT_EQ(mode(FallbackMode::kManual, {{"m", FallbackMode::kAuto}}), "manual");
    EXPECT_EQ(mode(FallbackMode::kOff, {}), "off");
    EXPECT_EQ(mode(FallbackMode::kOff, {{"m", FallbackMode::kManual}}), "manual");
    EXPECT_EQ(mode(FallbackMode::kOff, {{"a", FallbackMode::kManual}, {"b", FallbackMode::kAuto}}),
              "auto");
}

}  // namespace
}  // namespace gomodel::admin
