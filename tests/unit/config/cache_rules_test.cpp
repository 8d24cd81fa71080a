// Which cache is used, and what it needs, through the loader.

#include <chrono>

#include "load.hpp"

namespace gomodel::config {
namespace {

using namespace std::chrono_literals;

TEST(ModelCache, NumbersThatAreNotPositiveAreTheDefault) {
    const Loaded loaded =
        load_yaml("cache: {model: {refresh_interval: 0, redis: {url: redis://x, ttl: 0}}}");
    EXPECT_EQ(loaded.settings.cache.model.refresh_interval, 3600s);
    EXPECT_EQ(loaded.settings.cache.model.redis.ttl, 86400s);
    EXPECT_EQ(
        load_yaml("", {{"CACHE_REFRESH_INTERVAL", "-1"}}).settings.cache.model.refresh_interval,
        3600s);
}

TEST(ModelCache, ModelListCanBeTurnedOff) {
    const auto url = [](std::string_view yaml, const Variables& variables) {
        return load_yaml(yaml, variables).settings.cache.model.model_list_url;
    };
    const char* const set = "cache: {model: {model_list: {url: http://x}}}";
    EXPECT_EQ(url("cache: {model: {model_list: {url: ''}}}", {}), "");
    EXPECT_EQ(url("cache: {model: {model_list: {url: off}}}", {}), "");
    EXPECT_EQ(url(set, {}), "http://x");
    EXPECT_EQ(url(set, {{"MODEL_LIST_URL", ""}}), "http://x");
    for (const char* text : {"off", "none", "OFF", "None"}) {
        EXPECT_EQ(url(set, {{"MODEL_LIST_URL", text}}), "") << text;
    }
    EXPECT_EQ(url("", {{"MODEL_LIST_URL", "http://y"}}), "http://y");
}

struct BackendCase {
    const char* yaml;
    Variables variables;
    ModelCacheBackend backend;
    const char* problems;
};

TEST(ModelCache, OneBackendIsChosen) {
    constexpr auto kLocal = ModelCacheBackend::kLocal;
    constexpr auto kRedis = ModelCacheBackend::kRedis;
    const BackendCase cases[] = {
        {"", {}, kLocal, ""},
        {"cache: {model: {local: {cache_dir: ''}}}", {}, kLocal, ""},
        {"cache: {model: {local: {cache_dir: x}, redis: }}", {}, kLocal, ""},
        {"cache: {model: {redis: {url: redis://x}}}", {}, kRedis, ""},
        {"", {{"REDIS_URL", "redis://x"}}, kRedis, ""},
        {"cache:\n  model:\n    local: {cache_dir: x}\n",
         {{"REDIS_URL", "redis://x"}},
         kRedis,
         "warning config.yaml:3: cache.model.local: is ignored because REDIS_URL is set\n"},
        {"",
         {{"REDIS_URL", "redis://x"}, {"GOMODEL_CACHE_DIR", "x"}},
         kRedis,
         "warning environment: GOMODEL_CACHE_DIR: is ignored because Redis keeps the models "
         "(cache.model.local.cache_dir)\n"},
        {"cache: {model: {redis: {url: redis://x}}}",
         {{"GOMODEL_CACHE_DIR", "x"}},
         kRedis,
         "warning environment: GOMODEL_CACHE_DIR: is ignored because Redis keeps the models "
         "(cache.model.local.cache_dir)\n"},
        {"cache:\n  model:\n    local: {cache_dir: x}\n    redis: {url: redis://x}\n",
         {},
         kRedis,
         "error config.yaml:4: cache.model.redis: only one of cache.model.local and "
         "cache.model.redis may be set\n"},
        {"cache:\n  model:\n    redis:\n      ttl: 5\n",
         {},
         kRedis,
         "error config.yaml:3: cache.model.redis.url: is required; REDIS_URL sets it too\n"},
        {"",
         {{"REDIS_KEY_MODELS", "k"}, {"REDIS_TTL_MODELS", "5"}},
         kLocal,
         "warning environment: REDIS_KEY_MODELS: has no effect without REDIS_URL or "
         "cache.model.redis\n"
         "warning environment: REDIS_TTL_MODELS: has no effect without REDIS_URL or "
         "cache.model.redis\n"},
    };
    for (const BackendCase& c : cases) {
        const Loaded loaded = load_yaml(c.yaml, c.variables);
        EXPECT_EQ(loaded.settings.cache.model.backend, c.backend) << c.yaml;
        EXPECT_EQ(joined(loaded.problems), c.problems) << c.yaml;
    }
    EXPECT_EQ(load_yaml("cache: {model: {local: {cache_dir: ' '}}}").settings.cache.model.cache_dir,
              ".cache");
}

struct ExactCase {
    const char* yaml;
    Variables variables;
    bool enabled;
    const char* problems;
};

TEST(ExactCache, PresenceOfTheBlockMatters) {
    const char* const block = "cache:\n  response:\n    simple:\n      redis: {url: redis://y}\n";
    const char* const off =
        "cache: {response: {simple: {enabled: false, redis: {url: redis://y}}}}";
    const Variables redis = {{"REDIS_URL", "redis://x"}};
    const auto with = [&](const char* text) {
        return Variables{{"REDIS_URL", "redis://x"}, {"RESPONSE_CACHE_SIMPLE_ENABLED", text}};
    };
    const ExactCase cases[] = {
        {"", {}, false, ""},
        {"", redis, false, ""},
        {"", with("true"), true, ""},
        {"", with("1"), true, ""},
        {"", with("false"), false, ""},
        {block, {}, true, ""},
        {block, {{"RESPONSE_CACHE_SIMPLE_ENABLED", ""}}, true, ""},
        {block, with("false"), false, ""},
        {block, with("0"), false, ""},
        {off, {}, false, ""},
        {off, with("true"), true, ""},
        {"cache: {response: {simple: }}", redis, false, ""},
        {block, with("yes"), false,
         "warning environment: RESPONSE_CACHE_SIMPLE_ENABLED: only `true` and `1` mean true; this "
         "counts as false (cache.response.simple.enabled)\n"},
        {"cache:\n  response:\n    simple:\n      enabled: true\n",
         {},
         false,
         "warning config.yaml:3: cache.response.simple.redis.url: is missing, so the exact "
         "response cache is off; REDIS_URL sets it too\n"},
        {"",
         {{"RESPONSE_CACHE_SIMPLE_ENABLED", "true"}},
         false,
         "warning config.yaml: cache.response.simple.redis.url: is missing, so the exact response "
         "cache is off; REDIS_URL sets it too\n"},
    };
    for (const ExactCase& c : cases) {
        const Loaded loaded = load_yaml(c.yaml, c.variables);
        EXPECT_EQ(loaded.settings.cache.response.simple.enabled, c.enabled) << c.yaml;
        EXPECT_EQ(joined(loaded.problems), c.problems) << c.yaml;
    }
}

TEST(ExactCache, APluginOfAnotherTypeNeedsNoRedis) {
    const Loaded loaded = load_yaml(
        "cache: {response: {simple: {type: ' acme ', max_entry_size: 2M, redis: {ttl: 5, key: k}, "
        "config: {size: 3, name: x, none: }}}}");
    EXPECT_EQ(joined(loaded.problems), "");
    const ExactCache& cache = loaded.settings.cache.response.simple;
    EXPECT_TRUE(cache.enabled);
    EXPECT_EQ(cache.type, "acme");
    EXPECT_EQ(cache.max_entry_size, std::uint64_t{2} << 20);
    EXPECT_EQ(cache.redis.ttl, 5s);
    ASSERT_FALSE(cache.config.isNull());
    EXPECT_EQ(cache.config->size(), 2U);
    EXPECT_EQ(cache.config->getValue<int>("size"), 3);
    EXPECT_EQ(load_yaml("cache: {response: {simple: {type: '', redis: {url: redis://x}}}}")
                  .settings.cache.response.simple.type,
              "redis");
}

TEST(ExactCache, ItsSettingsAreChecked) {
    EXPECT_EQ(joined(load_yaml("cache:\n  response:\n    simple:\n      type: acme\n"
                               "      config: [1]\n")
                         .problems),
              "error config.yaml:5: cache.response.simple.config: expected a mapping\n");
    for (const char* const size : {"1023", "0", "65M"}) {
        const Loaded loaded = load_yaml(
            "cache: {response: {simple: {type: acme, max_entry_size: " + std::string(size) + "}}}");
        EXPECT_TRUE(loaded.problems.fatal()) << size;
        EXPECT_NE(joined(loaded.problems).find("cache.response.simple.max_entry_size"),
                  std::string::npos)
            << size;
    }
}

TEST(ExactCache, ItsVariablesApplyOnlyToABlockThatIsThere) {
    const Variables variables = {
        {"REDIS_URL", "redis://x"}, {"REDIS_KEY_RESPONSES", "k"}, {"REDIS_TTL_RESPONSES", "5"}};
    const Redis absent = load_yaml("", variables).settings.cache.response.simple.redis;
    EXPECT_EQ(absent.url, "");
    EXPECT_EQ(absent.key, "gomodel:response:");
    const Redis present = load_yaml("cache: {response: {simple: {redis: {key: y}}}}", variables)
                              .settings.cache.response.simple.redis;
    EXPECT_EQ(present.url, "redis://x");
    EXPECT_EQ(present.key, "k");
    EXPECT_EQ(present.ttl, 5s);
    EXPECT_EQ(load_yaml("cache: {response: {simple: {redis: {url: redis://x, ttl: 0}}}}")
                  .settings.cache.response.simple.redis.ttl,
              3600s);
}

TEST(ExactCache, RemovingItForgetsWhatTheFileSaid) {
    const Loaded loaded = load_yaml("cache: {response: {simple: {redis: {url: redis://y}}}}",
                                    {{"RESPONSE_CACHE_SIMPLE_ENABLED", "false"}});
    EXPECT_EQ(loaded.settings.cache.response.simple.redis.url, "");
    EXPECT_EQ(loaded.where("cache.response.simple.redis.url"), "");
}

}  // namespace
}  // namespace gomodel::config
