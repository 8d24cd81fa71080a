#include "config/loader.hpp"

#include "load.hpp"

namespace gomodel::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Loaded load_in(const TemporaryDirectory& directory, const Variables& variables = {}) {
    return load({std::nullopt, directory.path(), Environment(variables)});
}

TEST(Loader, NoFileMeansDefaults) {
    const TemporaryDirectory directory;
    const Loaded loaded = load_in(directory);
    EXPECT_THAT(loaded.problems.all(), IsEmpty());
    EXPECT_EQ(loaded.settings.server.port, 8080);
    EXPECT_EQ(loaded.document.file(), "");
    EXPECT_EQ(loaded.where("server.port"), "");
}

TEST(Loader, TheFileInConfigComesFirst) {
    const TemporaryDirectory directory;
    directory.write("config.yaml", "server: {port: 1}\n");
    EXPECT_EQ(load_in(directory).settings.server.port, 1);
    directory.write("config/config.yaml", "\n\nserver: {port: 2}\n");
    const Loaded loaded = load_in(directory);
    EXPECT_EQ(loaded.settings.server.port, 2);
    EXPECT_EQ(loaded.where("server.port"), "config/config.yaml:3");
}

TEST(Loader, AnEmptyFileCountsAsFound) {
    const TemporaryDirectory directory;
    directory.write("config/config.yaml", "");
    directory.write("config.yaml", "server: {port: 1}\n");
    EXPECT_EQ(load_in(directory).settings.server.port, 8080);
}

TEST(Loader, AFileThatCannotBeReadIsAnError) {
    const TemporaryDirectory directory;
    std::filesystem::create_directories(directory.path() / "config/config.yaml");
    directory.write("config.yaml", "server: {port: 1}\n");
    const Loaded loaded = load_in(directory);
    EXPECT_EQ(joined(loaded.problems),
              "error config/config.yaml: cannot be read: Is a directory\n");
    EXPECT_EQ(loaded.settings.server.port, 8080) << "the second file must not stand in";
}

TEST(Loader, ALinkThatLeadsNowhereReadableIsAnError) {
    const TemporaryDirectory directory;
    std::filesystem::create_symlink("config.yaml", directory.path() / "config.yaml");
    EXPECT_EQ(joined(load_in(directory).problems),
              "error config.yaml: cannot be read: Too many levels of symbolic links\n");
}

TEST(Loader, ANamedFileIsTheOnlyOneAndMustExist) {
    const TemporaryDirectory directory;
    directory.write("config.yaml", "server: {port: 1}\n");
    directory.write("other/mine.yaml", "server: {port: 2}\n");
    LoadOptions options{"other/mine.yaml", directory.path(), Environment()};
    EXPECT_EQ(load(options).settings.server.port, 2);
    EXPECT_EQ(load(options).where("server.port"), "other/mine.yaml:1");
    options.file = directory.path() / "other" / "mine.yaml";
    EXPECT_EQ(load(options).settings.server.port, 2) << "an absolute path";
    options.file = "missing.yaml";
    EXPECT_EQ(joined(load(options).problems),
              "error missing.yaml: cannot be read: No such file or directory\n");
}

TEST(Loader, EnvironmentOverFileOverDefault) {
    const char* const yaml = "server: {port: 1, base_path: /file}\nmetrics: {enabled: true}\n";
    const Loaded loaded = load_yaml(yaml, {{"PORT", "2"}});
    EXPECT_EQ(loaded.settings.server.port, 2);
    EXPECT_EQ(loaded.settings.server.base_path, "/file");
    EXPECT_EQ(loaded.settings.metrics.endpoint, "/metrics");
    EXPECT_EQ(loaded.where("server.port"), "PORT");
    EXPECT_EQ(loaded.where("server.base_path"), "config.yaml:1");
}

TEST(Loader, DotenvIsBelowTheEnvironmentAndAboveTheFile) {
    const TemporaryDirectory directory;
    directory.write("config.yaml", "server: {port: 1}\nusage: {buffer_size: 1}\n");
    directory.write(".env", "# mine\nPORT=2\nUSAGE_BUFFER_SIZE=2\nnonsense\n");
    const Loaded loaded = load_in(directory, {{"USAGE_BUFFER_SIZE", "3"}});
    EXPECT_EQ(loaded.settings.server.port, 2);
    EXPECT_EQ(loaded.settings.usage.recording.buffer_size, 3);
    EXPECT_EQ(loaded.where("server.port"), "PORT in .env:2");
    EXPECT_EQ(joined(loaded.problems),
              "warning .env:4: expected NAME=value; the line is ignored\n");
}

TEST(Loader, DotenvFeedsInterpolation) {
    const TemporaryDirectory directory;
    directory.write("config.yaml", "server: {master_key: '${MY_KEY}'}\n");
    directory.write(".env", "MY_KEY=abc\n");
    EXPECT_EQ(load_in(directory).settings.server.master_key, "abc");
}

TEST(Loader, ABadValueInDotenvNamesItsLine) {
    const TemporaryDirectory directory;
    directory.write(".env", "\nPORT=ten\n");
    EXPECT_EQ(joined(load_in(directory).problems),
              "error .env:2: PORT: expected a whole number (server.port)\n");
}

TEST(Loader, ADotenvThatCannotBeReadIsAWarning) {
    const TemporaryDirectory directory;
    std::filesystem::create_directory(directory.path() / ".env");
    const Loaded loaded = load_in(directory);
    EXPECT_EQ(joined(loaded.problems),
              "warning .env: cannot be read: Is a directory; it is ignored\n");
}

TEST(Loader, EmptyEnvironmentValueIsUnset) {
    const Loaded loaded = load_yaml(
        "server: {port: 1, master_key: k}\n"
        "cache: {response: {simple: {redis: {url: redis://x}}}}\n",
        {{"PORT", ""},
         {"GOMODEL_MASTER_KEY", ""},
         {"RESPONSE_CACHE_SIMPLE_ENABLED", ""},
         {"SEMANTIC_CACHE_ENABLED", ""},
         {"MODEL_LIST_URL", ""}});
    EXPECT_THAT(loaded.problems.all(), IsEmpty());
    EXPECT_EQ(loaded.settings.server.port, 1);
    EXPECT_EQ(loaded.settings.server.master_key, "k");
    EXPECT_TRUE(loaded.settings.cache.response.simple.enabled);
    EXPECT_NE(loaded.settings.cache.model.model_list_url, "");
}

TEST(Loader, ValuesAreNotTrimmedButListElementsAre) {
    const Loaded loaded = load_yaml(
        "", {{"GOMODEL_MASTER_KEY", " k "}, {"ENABLED_PASSTHROUGH_PROVIDERS", " a ,, b ,"}});
    EXPECT_EQ(loaded.settings.server.master_key, " k ");
    EXPECT_THAT(loaded.settings.server.enabled_passthrough_providers, ElementsAre("a", "b"));
    EXPECT_EQ(joined(load_yaml("", {{"USAGE_BUFFER_SIZE", " 5"}}).problems),
              "error environment: USAGE_BUFFER_SIZE: expected a whole number "
              "(usage.buffer_size)\n");
}

TEST(Loader, AListReplacesTheDefault) {
    const auto list = [](std::string_view yaml) {
        return load_yaml(yaml).settings.server.enabled_passthrough_providers;
    };
    EXPECT_THAT(list("server: {enabled_passthrough_providers: [xai]}"), ElementsAre("xai"));
    EXPECT_THAT(list("server: {enabled_passthrough_providers: []}"), IsEmpty());
    EXPECT_THAT(list("server: {enabled_passthrough_providers: }"), IsEmpty());
}

TEST(Loader, AKeyWithoutValueKeepsItsDefault) {
    const Loaded loaded =
        load_yaml("server:\n  port:\n  base_path: ~\nusage:\nmetrics: {enabled: null}\n");
    EXPECT_THAT(loaded.problems.all(), IsEmpty());
    EXPECT_EQ(loaded.settings.server.port, 8080);
    EXPECT_EQ(loaded.where("server.port"), "");
}

struct Fault {
    const char* yaml;
    const char* problem;
};

TEST(Loader, TypeErrorsNameTheLine) {
    const Fault faults[] = {
        {"\nserver:\n  port: ten\n", "error config.yaml:3: server.port: expected a whole number\n"},
        {"server:\n  port: 65536\n", "error config.yaml:2: server.port: must be from 0 to 65535\n"},
        {"server:\n  port: -1\n", "error config.yaml:2: server.port: must be from 0 to 65535\n"},
        {"server:\n  port: 99999999999\n",
         "error config.yaml:2: server.port: expected a whole number\n"},
        {"server:\n  port: [1]\n",
         "error config.yaml:2: server.port: expected a single value, found a list\n"},
        {"server:\n  port: {a: 1}\n",
         "error config.yaml:2: server.port: expected a single value, found a mapping\n"},
        {"server: 5\n", "error config.yaml:1: server: expected a mapping\n"},
        {"server: []\n", "error config.yaml:1: server: expected a mapping\n"},
        {"metrics:\n  enabled: 1\n",
         "error config.yaml:2: metrics.enabled: expected true or false\n"},
        {"server:\n  swagger_enabled: enabled\n",
         "error config.yaml:2: server.swagger_enabled: expected true or false\n"},
        {"server:\n  enabled_passthrough_providers: openai\n",
         "error config.yaml:2: server.enabled_passthrough_providers: expected a list of texts\n"},
        {"server:\n  enabled_passthrough_providers: [[a]]\n",
         "error config.yaml:2: server.enabled_passthrough_providers: expected a list of texts, and "
         "an element is a list or a mapping\n"},
        {"workflows:\n  refresh_interval: 60\n",
         "error config.yaml:2: workflows.refresh_interval: expected a duration with its unit, such "
         "as 30s or 1m30s\n"},
        {"workflows:\n  refresh_interval: 0\n",
         "error config.yaml:2: workflows.refresh_interval: expected a duration with its unit, such "
         "as 30s or 1m30s\n"},
        {"cache:\n  model:\n    refresh_interval: 1h\n",
         "error config.yaml:3: cache.model.refresh_interval: expected a whole number of seconds\n"},
        {"resilience:\n  retry:\n    jitter_factor: .nan\n",
         "error config.yaml:3: resilience.retry.jitter_factor: expected a finite number\n"},
        {"http:\n  timeout: soon\n",
         "error config.yaml:2: http.timeout: expected a number of seconds or a duration such as "
         "10m "
         "or 1m30s\n"},
        {"http:\n  timeout: -1s\n", "error config.yaml:2: http.timeout: must be at least 0s\n"},
        {"server:\n  body_size_limit: ten\n",
         "error config.yaml:2: server.body_size_limit: expected a size such as 512K or 10M\n"},
        {"server:\n  body_size_limit: 1023\n",
         "error config.yaml:2: server.body_size_limit: must be from 1K to 100M\n"},
        {"server:\n  body_size_limit: 101M\n",
         "error config.yaml:2: server.body_size_limit: must be from 1K to 100M\n"},
        {"server:\n  max_header_size: 2K\n",
         "error config.yaml:2: server.max_header_size: must be from 4K to 1M\n"},
        {"server:\n  max_header_size: 2M\n",
         "error config.yaml:2: server.max_header_size: must be from 4K to 1M\n"},
        {"server:\n  header_timeout: 0s\n",
         "error config.yaml:2: server.header_timeout: must be at least 1ms\n"},
        {"models:\n  configured_provider_models_mode: allow-list\n",
         "error config.yaml:2: models.configured_provider_models_mode: expected one of `fallback`, "
         "`allowlist`; did you mean allowlist?\n"},
        {"fallback:\n  default_mode: always\n",
         "error config.yaml:2: fallback.default_mode: expected one of `manual`, `auto`, `off`\n"},
        {"plugins:\n  unload: never\n",
         "error config.yaml:2: plugins.unload: expected one of `keep`, `close`\n"},
        {"- a\n", "error config.yaml:1: expected a mapping of settings at the top of the file\n"},
    };
    for (const Fault& fault : faults) {
        EXPECT_EQ(joined(load_yaml(fault.yaml).problems), fault.problem) << fault.yaml;
    }
}

TEST(Loader, EveryProblemIsReported) {
    const Loaded loaded = load_yaml("server:\n  port: x\n  prot: 1\nmetrics:\n  enabled: 2\n",
                                    {{"HTTP_TIMEOUT", "y"}});
    EXPECT_THAT(lines_of(loaded.problems),
                ElementsAre("error config.yaml:2: server.port: expected a whole number",
                            "warning config.yaml:3: server.prot: unknown key, ignored; did you "
                            "mean server.port?",
                            "error config.yaml:5: metrics.enabled: expected true or false",
                            "error environment: HTTP_TIMEOUT: expected a number of seconds or a "
                            "duration such as 10m or 1m30s (http.timeout)"));
}

TEST(Loader, UnknownKeysAreWarningsWithTheirLine) {
    const Fault faults[] = {
        {"sevrer:\n  port: 1\n",
         "warning config.yaml:1: sevrer: unknown key, ignored; did you mean server?\n"},
        {"server:\n  tls:\n    cert: x\n",
         "warning config.yaml:3: server.tls.cert: unknown key, ignored; did you mean "
         "server.tls.cert_file?\n"},
        {"port: 80\n",
         "warning config.yaml:1: port: unknown key, ignored; did you mean server.port?\n"},
        {"log:\n  level: debug\n", "warning config.yaml:1: log: unknown key, ignored\n"},
        {"storage:\n  sqlite:\n    file: x\n",
         "warning config.yaml:3: storage.sqlite.file: unknown key, ignored\n"},
        {"storage:\n  sqllite: {path: x}\n",
         "warning config.yaml:2: storage.sqllite: unknown key, ignored; did you mean "
         "storage.sqlite?\n"},
        {"providers:\n  a:\n    type: openai\n    resilience:\n      rety: {}\n",
         "warning config.yaml:5: providers.a.resilience.rety: unknown key, ignored; did you mean "
         "providers.a.resilience.retry?\n"},
    };
    for (const Fault& fault : faults) {
        const Loaded loaded = load_yaml(fault.yaml);
        EXPECT_EQ(joined(loaded.problems), fault.problem) << fault.yaml;
        EXPECT_FALSE(loaded.problems.fatal());
    }
}

TEST(Loader, BadEnvironmentValuesAreErrorsNamingTheVariable) {
    const std::pair<const char*, const char*> cases[] = {
        {"PORT", "abc"},
        {"PORT", "70000"},
        {"PORT", ":8080"},
        {"USAGE_BUFFER_SIZE", "1.5"},
        {"RETRY_BACKOFF_FACTOR", "two"},
        {"RETRY_INITIAL_BACKOFF", "1"},
        {"WORKFLOW_REFRESH_INTERVAL", "60"},
        {"BODY_SIZE_LIMIT", "10X"},
        {"LOG_LEVEL", "verbose"},
        {"CONFIGURED_PROVIDER_MODELS_MODE", "x"},
        {"FEATURE_FALLBACK_MODE", "x"},
        {"STORAGE_TYPE", "oracle"},
        {"HTTP_PROXY", "ftp://proxy"},
        {"SEMANTIC_CACHE_THRESHOLD", "high"},
    };
    for (const auto& [variable, value] : cases) {
        const Loaded loaded =
            load_yaml("cache: {response: {semantic: {enabled: false}}}", {{variable, value}});
        ASSERT_EQ(loaded.problems.all().size(), 1U) << variable << joined(loaded.problems);
        EXPECT_TRUE(loaded.problems.fatal()) << variable;
        EXPECT_EQ(loaded.problems.all()[0].where, "environment");
        EXPECT_EQ(loaded.problems.all()[0].key, variable);
    }
}

TEST(Loader, BooleanVariablesAreTrueOnlyForTrueAndOne) {
    struct Case {
        const char* text;
        bool value;
        bool warned;
    };
    const Case cases[] = {
        {"true", true, false},   {"TRUE", true, false}, {"1", true, false},
        {"false", false, false}, {"0", false, false},   {"no", false, false},
        {"off", false, false},   {"yes", false, true},  {"on", false, true},
        {"TRUE ", false, true},  {"2", false, true},
    };
    for (const Case& c : cases) {
        const Loaded loaded =
            load_yaml("metrics: {enabled: true}\n", {{"METRICS_ENABLED", c.text}});
        EXPECT_EQ(loaded.settings.metrics.enabled, c.value) << c.text;
        EXPECT_FALSE(loaded.problems.fatal());
        EXPECT_EQ(joined(loaded.problems),
                  c.warned ? "warning environment: METRICS_ENABLED: only `true` and `1` mean true; "
                             "this counts as false (metrics.enabled)\n"
                           : "")
            << c.text;
    }
}

TEST(Loader, YamlBooleansAreThoseOfYaml11) {
    EXPECT_TRUE(load_yaml("metrics: {enabled: yes}").settings.metrics.enabled);
    EXPECT_TRUE(load_yaml("metrics: {enabled: On}").settings.metrics.enabled);
    EXPECT_FALSE(load_yaml("usage: {enabled: off}\nbudgets: {enabled: no}").settings.usage.enabled);
}

TEST(Loader, ADurationVariableMayBeABareZero) {
    EXPECT_EQ(load_yaml("", {{"CIRCUIT_BREAKER_TIMEOUT", "0"}})
                  .settings.resilience.circuit_breaker.timeout.count(),
              0);
}

TEST(Loader, ValuesOutsideAClampedRangeAreMovedIn) {
    const Loaded loaded =
        load_yaml("resilience:\n  retry: {jitter_factor: 1.5, max_retries: -2}\n");
    EXPECT_EQ(loaded.settings.resilience.retry.jitter_factor, 1);
    EXPECT_EQ(loaded.settings.resilience.retry.max_retries, 0);
    EXPECT_EQ(joined(loaded.problems),
              "warning config.yaml:2: resilience.retry.jitter_factor: must be from 0 to 1; 1 is "
              "used\n"
              "warning config.yaml:2: resilience.retry.max_retries: must be at least 0; 0 is "
              "used\n");
}

TEST(Loader, NumbersAndBooleansMayBeTextsToo) {
    const Loaded loaded =
        load_yaml("server: {port: '9000', master_key: 12345}\nmetrics: {enabled: \"true\"}\n");
    EXPECT_THAT(loaded.problems.all(), IsEmpty());
    EXPECT_EQ(loaded.settings.server.port, 9000);
    EXPECT_EQ(loaded.settings.server.master_key, "12345");
    EXPECT_TRUE(loaded.settings.metrics.enabled);
}

TEST(Loader, NoMessageHoldsAValue) {
    const char* const secret = "hunter2";
    const std::string yaml =
        "server: {port: '${S}', master_key: [hunter2], body_size_limit: hunter2}\n"
        "models: {configured_provider_models_mode: hunter2}\n"
        "http: {timeout: hunter2}\n"
        "metrics: {enabled: hunter2}\n"
        "budgets: {user_paths: [{path: a, limits: [{period: hunter2, amount: hunter2}]}]}\n"
        "plugins: {sha256: {a.so: hunter2}}\n"
        "fallback: {overrides: {a: {mode: hunter2}}}\n"
        "storage: {type: hunter2}\n"
        "guardrails: {enabled: true, rules: [{name: a, type: t, order: hunter2}, hunter2]}\n"
        "providers: {a: {type: openai, api_key: [hunter2], models: hunter2}, b: hunter2}\n";
    const Loaded loaded = load_yaml(yaml, {{"S", secret},
                                           {"HTTP_PROXY", "ftp://u:hunter2@x"},
                                           {"LOG_LEVEL", secret},
                                           {"SET_BUDGET_A", secret},
                                           {"RETRY_MAX_RETRIES", secret}});
    EXPECT_GE(loaded.problems.all().size(), 18U) << joined(loaded.problems);
    EXPECT_EQ(joined(loaded.problems).find(secret), std::string::npos) << joined(loaded.problems);
}

TEST(Loader, WhereFallsBackToTheNearestAncestor) {
    const Loaded loaded = load_yaml("providers:\n  acme:\n    type: openai\n");
    EXPECT_EQ(loaded.where("providers.acme.type"), "config.yaml:3");
    EXPECT_EQ(loaded.where("providers.acme.base_url"), "config.yaml:2");
    EXPECT_EQ(loaded.where("server.port"), "") << "a default";
}

}  // namespace
}  // namespace gomodel::config
