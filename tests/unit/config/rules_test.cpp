// What follows from settings together, through the loader.

#include <chrono>

#include "load.hpp"

namespace gomodel::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(Server, BasePathIsNormalised) {
    const std::pair<const char*, const char*> cases[] = {
        {"gateway", "/gateway"}, {" /a//b/ ", "/a/b"}, {"/a/../b", "/b"}, {"''", "/"}};
    for (const auto& [text, path] : cases) {
        EXPECT_EQ(
            load_yaml("server: {base_path: " + std::string(text) + "}").settings.server.base_path,
            path);
    }
}

TEST(Server, BodySizeLimitIsParsed) {
    const std::pair<const char*, std::uint64_t> cases[] = {
        {"1K", 1024},      {"1kb", 1024},  {"100M", 100U << 20},
        {"5MB", 5U << 20}, {"2048", 2048}, {"''", 10U << 20},
    };
    for (const auto& [text, bytes] : cases) {
        const Loaded loaded = load_yaml("server: {body_size_limit: " + std::string(text) + "}");
        EXPECT_EQ(joined(loaded.problems), "") << text;
        EXPECT_EQ(loaded.settings.server.body_size_limit, bytes) << text;
    }
}

TEST(Server, PortMayBeZero) {
    EXPECT_EQ(load_yaml("", {{"PORT", "0"}}).settings.server.port, 0);
}

TEST(Server, AddressIsChecked) {
    EXPECT_EQ(load_yaml("server: {address: '[::1]'}").settings.server.address, "::1");
    EXPECT_EQ(load_yaml("server: {address: ' 127.0.0.1 '}").settings.server.address, "127.0.0.1");
    EXPECT_EQ(joined(load_yaml("server: {address: 'http://x'}").problems),
              "error config.yaml:1: server.address: expected an IPv4 or IPv6 address or a host\n");
}

TEST(Server, TlsNeedsBothFiles) {
    EXPECT_EQ(joined(load_yaml("server:\n  tls:\n    key_file: k\n").problems),
              "error config.yaml:2: server.tls.cert_file: is required when server.tls.key_file is "
              "set\n");
    EXPECT_EQ(
        joined(load_yaml("", {{"GOMODEL_TLS_CERT_FILE", "c"}}).problems),
        "error config.yaml: server.tls.key_file: is required when server.tls.cert_file is set\n");
    EXPECT_TRUE(
        load_yaml("server: {tls: {key_file: k, cert_file: c}}").settings.server.tls.enabled());
}

TEST(Models, ConfiguredModeIsTrimmedAndCaseInsensitive) {
    const auto mode = [](const char* text) {
        return load_yaml("", {{"CONFIGURED_PROVIDER_MODELS_MODE", text}})
            .settings.models.configured_provider_models_mode;
    };
    EXPECT_EQ(mode(" AllowList "), ConfiguredModelsMode::kAllowlist);
    EXPECT_EQ(mode("  "), ConfiguredModelsMode::kFallback);
}

TEST(Metrics, EndpointIsCleanedAndKeptOffOtherRoutes) {
    const std::pair<const char*, const char*> cases[] = {
        {"stats", "/stats"}, {"/a/../b/", "/b"}, {"''", "/metrics"}, {"/v1x", "/v1x"}};
    for (const auto& [text, path] : cases) {
        const Loaded loaded = load_yaml("metrics: {endpoint: " + std::string(text) + "}");
        EXPECT_EQ(loaded.settings.metrics.endpoint, path);
        EXPECT_EQ(joined(loaded.problems), "");
    }
    for (const char* text : {"/v1", "/v1/metrics", "/p", "/p/x", "/x/../v1", "/"}) {
        const Loaded loaded = load_yaml("", {{"METRICS_ENDPOINT", text}});
        EXPECT_EQ(loaded.settings.metrics.endpoint, "/metrics") << text;
        EXPECT_EQ(joined(loaded.problems),
                  "warning environment: METRICS_ENDPOINT: is the path of other routes; /metrics is "
                  "used (metrics.endpoint)\n")
            << text;
    }
}

TEST(Http, TimeoutsTakeSecondsAndDurations) {
    for (const char* text : {"120", "2m", "120s", "'120'"}) {
        const std::string yaml = "http: {timeout: " + std::string(text) + "}";
        EXPECT_EQ(load_yaml(yaml).settings.http.timeout, 120s) << text;
    }
    EXPECT_EQ(load_yaml("", {{"HTTP_TIMEOUT", "10m"}}).settings.http.timeout, 10min);
    EXPECT_EQ(load_yaml("", {{"HTTP_TIMEOUT", "600"}}).settings.http.timeout, 600s);
    EXPECT_EQ(load_yaml("http: {timeout: 0}").settings.http.timeout, 0s);
}

TEST(Dependencies, DashboardNeedsTheAdminApi) {
    const Loaded loaded = load_yaml("admin: {endpoints_enabled: false}");
    EXPECT_FALSE(loaded.settings.admin.ui_enabled);
    EXPECT_EQ(joined(loaded.problems),
              "warning config.yaml:1: admin.ui_enabled: the dashboard is off because "
              "admin.endpoints_enabled is\n");
    EXPECT_EQ(joined(load_yaml("admin: {endpoints_enabled: false, ui_enabled: false}").problems),
              "");
}

TEST(Dependencies, BudgetsNeedUsage) {
    const Loaded loaded = load_yaml("budgets:\n  user_paths: [{path: /a, limits: 5}]\n",
                                    {{"USAGE_ENABLED", "false"}, {"SET_BUDGET_A", "nonsense"}});
    EXPECT_FALSE(loaded.settings.budgets.enabled);
    EXPECT_EQ(joined(loaded.problems),
              "warning config.yaml:1: budgets.enabled: budget management disabled because usage "
              "tracking is disabled\n");
}

TEST(Workflows, AnIntervalThatIsNotPositiveIsTheDefault) {
    for (const char* text : {"0s", "-5s"}) {
        EXPECT_EQ(load_yaml("workflows: {refresh_interval: " + std::string(text) + "}")
                      .settings.workflows.refresh_interval,
                  1min);
    }
}

TEST(Plugins, PathVariableIsSeparatedByColonsOrCommas) {
    for (const char* text : {"/a:/b", "/a,/b", " /a : /b,"}) {
        EXPECT_THAT(load_yaml("", {{"GOMODEL_PLUGIN_PATH", text}}).settings.plugins.path,
                    ElementsAre("/a", "/b"));
    }
    EXPECT_THAT(load_yaml("plugins: {path: ['/a:b']}").settings.plugins.path, ElementsAre("/a:b"));
}

TEST(Plugins, DigestsAreChecked) {
    const std::string digest(64, 'A');
    const Loaded loaded = load_yaml("plugins:\n  sha256:\n    a.so: sha256:" + digest + "\n");
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_EQ(loaded.settings.plugins.sha256.at("a.so"), std::string(64, 'a'));
    const char* const expected =
        "error config.yaml:3: plugins.sha256.a.so: expected sha256: and 64 hexadecimal digits\n";
    for (const std::string& value :
         {digest, "sha256:" + digest.substr(1), "sha256:" + digest.substr(1) + "g",
          std::string("[a]"), std::string()}) {
        EXPECT_EQ(joined(load_yaml("plugins:\n  sha256:\n    a.so: " + value).problems), expected);
    }
    EXPECT_EQ(joined(load_yaml("plugins: {sha256: {/lib/a.so: x}}").problems),
              "error config.yaml:1: plugins.sha256./lib/a.so: expected a plugin's file name "
              "without its directory\n");
    EXPECT_EQ(joined(load_yaml("plugins: {sha256: x}").problems),
              "error config.yaml:1: plugins.sha256: expected a mapping of plugin file name to "
              "digest\n");
}

TEST(Plugins, BudgetsAreADurationOrSayWhatABreachDoes) {
    const Loaded loaded = load_yaml(
        "plugins:\n  budgets:\n    provider.openai: 5ms\n"
        "    guardrail.pii: {limit: 20ms, on_breach: bypass}\n"
        "    cache.redis: {limit: 1s, on_breach: count}\n");
    EXPECT_EQ(joined(loaded.problems), "");
    const auto& budgets = loaded.settings.plugins.budgets;
    EXPECT_EQ(budgets.at("provider.openai"), (PluginBudget{5ms, false}));
    EXPECT_EQ(budgets.at("guardrail.pii"), (PluginBudget{20ms, true}));
    EXPECT_EQ(budgets.at("cache.redis"), (PluginBudget{1s, false}));
}

TEST(Plugins, BudgetsAreChecked) {
    const std::pair<const char*, const char*> cases[] = {
        {"x", "budgets: expected a mapping of plugin id to duration"},
        {"\n    openai: 5ms", "budgets.openai: expected a plugin's id, such as provider.openai"},
        {"\n    cache.x: 5",
         "budgets.cache.x: expected a duration above 0 with its unit, such as 5ms"},
        {"\n    cache.x: {limit: 0s}",
         "budgets.cache.x.limit: expected a duration above 0 with its unit, such as 5ms"},
        {"\n    cache.x: {on_breach: count}", "budgets.cache.x: limit is required, such as 5ms"},
        {"\n    cache.x: {limit: 5ms, on_breach: stop}",
         "budgets.cache.x.on_breach: expected one of `count`, `bypass`"},
        {"\n    provider.x: {limit: 5ms, on_breach: bypass}",
         "budgets.provider.x.on_breach: only guardrails and caches can be bypassed; a request "
         "cannot do without any other plugin"},
    };
    for (const auto& [text, message] : cases) {
        const int line = text[0] == '\n' ? 3 : 2;
        EXPECT_EQ(joined(load_yaml("plugins:\n  budgets: " + std::string(text)).problems),
                  "error config.yaml:" + std::to_string(line) + ": plugins." + message + "\n");
    }
}

TEST(Plugins, CanaryIsChecked) {
    const Loaded good = load_yaml(
        "plugins:\n  canary:\n    module: new.so\n    share: 0.2\n"
        "    promote_after: {requests: 50, max_error_rate: 0, max_slowdown: 1.5}\n");
    EXPECT_EQ(joined(good.problems), "");
    EXPECT_EQ(good.settings.plugins.canary, (Canary{"new.so", 0.2, 50, 0, 1.5}));
    const Loaded bad = load_yaml(
        "plugins:\n  canary:\n    module: [new.so]\n    share: 5\n    shore: 1\n"
        "    promote_after: {requests: 0, max_error_rate: 1%}\n");
    EXPECT_EQ(joined(bad.problems),
              "error config.yaml:3: plugins.canary.module: expected a single value, found a list\n"
              "error config.yaml:4: plugins.canary.share: must be from 0.001 to 1\n"
              "warning config.yaml:5: plugins.canary.shore: unknown key, ignored; did you mean "
              "plugins.canary.share?\n"
              "error config.yaml:6: plugins.canary.promote_after.requests: must be at least "
              "1\n"
              "error config.yaml:6: plugins.canary.promote_after.max_error_rate: expected a finite "
              "number\n");
}

TEST(Log, LevelsHaveShortNames) {
    const std::pair<const char*, base::LogLevel> cases[] = {
        {"debug", base::LogLevel::kDebug}, {"dbg", base::LogLevel::kDebug},
        {"info", base::LogLevel::kInfo},   {"inf", base::LogLevel::kInfo},
        {"warn", base::LogLevel::kWarn},   {"warning", base::LogLevel::kWarn},
        {"error", base::LogLevel::kError}, {"ERR", base::LogLevel::kError},
        {" Info ", base::LogLevel::kInfo}, {"", base::LogLevel::kInfo},
    };
    for (const auto& [text, level] : cases) {
        EXPECT_EQ(load_yaml("", {{"LOG_LEVEL", text}}).settings.log.level, level) << text;
    }
    EXPECT_EQ(joined(load_yaml("", {{"LOG_LEVEL", "inffo"}}).problems),
              "error environment: LOG_LEVEL: expected one of `debug`, `info`, `warn`, `error`; "
              "did you mean info? (log.level)\n");
}

TEST(Log, AnUnknownFormatIsAWarning) {
    EXPECT_EQ(load_yaml("", {{"LOG_FORMAT", "json"}}).settings.log.format, LogStyle::kJson);
    EXPECT_EQ(load_yaml("", {{"LOG_FORMAT", "Text"}}).settings.log.format, LogStyle::kText);
    const Loaded loaded = load_yaml("", {{"LOG_FORMAT", "xml"}});
    EXPECT_EQ(loaded.settings.log.format, LogStyle::kAuto);
    EXPECT_EQ(joined(loaded.problems),
              "warning environment: LOG_FORMAT: expected one of `auto`, `text`, `json` "
              "(log.format)\n");
}

TEST(Resilience, AnExplicitZeroOverridesTheGlobalOne) {
    const Loaded loaded = load_yaml(
        "resilience: {retry: {max_retries: 5}, circuit_breaker: {timeout: 9s}}\n"
        "providers:\n"
        "  a: {type: x}\n"
        "  b:\n"
        "    type: x\n"
        "    resilience:\n"
        "      retry: {max_retries: 0, initial_backoff: 0s}\n"
        "      circuit_breaker: {failure_threshold: 0}\n",
        {{"RETRY_JITTER_FACTOR", "0.5"}});
    EXPECT_EQ(joined(loaded.problems), "");
    ASSERT_EQ(loaded.settings.providers.size(), 2U);
    EXPECT_EQ(loaded.settings.providers[0].resilience, loaded.settings.resilience);
    const Resilience& own = loaded.settings.providers[1].resilience;
    EXPECT_EQ(own.retry.max_retries, 0);
    EXPECT_EQ(own.retry.initial_backoff, 0s);
    EXPECT_EQ(own.retry.jitter_factor, 0.5) << "inherited";
    EXPECT_EQ(own.circuit_breaker.failure_threshold, 0);
    EXPECT_EQ(own.circuit_breaker.timeout, 9s) << "inherited";
    EXPECT_EQ(loaded.where("providers.b.resilience.retry.max_retries"), "config.yaml:7");
}

}  // namespace
}  // namespace gomodel::config
