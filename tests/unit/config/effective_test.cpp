#include "config/effective.hpp"

#include "config/providers.hpp"
#include "config/redact.hpp"
#include "load.hpp"

namespace gomodel::config {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Redact, HidesCredentialsInUrlsAndPairs) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"plain text", "plain text"},
        {"https://host/v1", "https://host/v1"},
        {"redis://:pw@cache:6379/0", "redis://***@cache:6379/0"},
        {"redis://u:p/w@cache:6379/0", "redis://***@cache:6379/0"},
        {"postgres://u:p@h/db?sslmode=off", "postgres://***@h/db?sslmode=off"},
        {"postgres://h/db?user=u&password=p&x=1", "postgres://h/db?user=u&password=***&x=1"},
        {"host=h password=p dbname=d", "host=h password=*** dbname=d"},
        {"mongodb://u:p@h1,h2/db", "mongodb://***@h1,h2/db"},
        {"http://a:b@x http://c:d@y", "http://***@x http://***@y"},
        {"https://h/?api_key=abc", "https://h/?api_key=***"},
        {"https://h/?api-key=", "https://h/?api-key="},
        {"max_tokens=5", "max_tokens=5"},
    };
    for (const auto& [text, shown] : cases) {
        EXPECT_EQ(redact(text), shown) << text;
    }
}

TEST(Redact, KnowsNamesOfSecrets) {
    for (const char* name :
         {"api_key", "API_KEY", "apiKey", "client-secret", "token", "auth.token", "password",
          "db_password", "private_key", "access_token", "xpassword", "Authorization"}) {
        EXPECT_TRUE(is_secret_name(name)) << name;
    }
    for (const char* name :
         {"base_url", "max_tokens", "author", "keep_alive", "monkey", "type", "path", ""}) {
        EXPECT_FALSE(is_secret_name(name)) << name;
    }
}

TEST(Effective, ShowsValuesWithTheirSource) {
    const Loaded loaded = load_yaml(
        "server:\n"
        "  base_path: x\n"
        "  master_key: hunter2\n"
        "  enabled_passthrough_providers: [a, b]\n"
        "cache: {model: {redis: {url: 'redis://u:hunter2@c'}}}\n"
        "budgets: {user_paths: [{path: /a, limits: [{period: daily, amount: 1.5}]}]}\n"
        "guardrails: {rules: [{name: n, type: t}]}\n"
        "rate_limits: [{scope: key, requests: 5, tokens: 90, per: day, concurrency: 2}]\n"
        "fallback: {overrides: {m: {mode: auto}}}\n"
        "resilience: {retry: {jitter_factor: 0}}\n",
        {{"PORT", "9000"}, {"HTTP_PROXY", "http://u:hunter2@p:1"}, {"SET_BUDGET_B", "day=2"}});
    ASSERT_EQ(joined(loaded.problems), "");
    const std::string text = print_effective(effective_values(loaded, {}));
    for (const char* line : {
             "server.port = 9000 (PORT)\n",
             "server.base_path = /x (config.yaml:2)\n",
             "server.master_key = *** (config.yaml:3)\n",
             "server.enabled_passthrough_providers = [a, b] (config.yaml:4)\n",
             "server.body_size_limit = 10M (default)\n",
             "cache.model.redis.url = redis://***@c (config.yaml:5)\n",
             "storage.postgresql.url =  (default)\n",
             "http.timeout = 10m0s (default)\n",
             "resilience.retry.jitter_factor = 0 (config.yaml:10)\n",
             "models.configured_provider_models_mode = fallback (default)\n",
             "proxy.http = http://***@p:1 (HTTP_PROXY)\n",
             "log.level = info (default)\n",
             "budgets./a.86400 = 1.5 (config.yaml:6)\n",
             "budgets./b.86400 = 2 (SET_BUDGET_B)\n",
             "guardrails.rules.n = t (config.yaml:7)\n",
             "rate_limits[0] = key *: 5 requests, 90 tokens per day, 2 at once (config.yaml:8)\n",
             "fallback.overrides.m = auto (config.yaml:9)\n",
         }) {
        EXPECT_THAT(text, HasSubstr(line));
    }
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

TEST(Effective, ShowsProvidersWithoutTheirSecrets) {
    const Loaded loaded = load_yaml(
        "providers:\n"
        "  a:\n"
        "    type: openai\n"
        "    api_key: hunter2\n"
        "    base_url: https://u:hunter2@h/v1/\n"
        "    extra: {client_secret: hunter2, list: [1, true]}\n"
        "    tokens: {secret_list: [hunter2]}\n"
        "    models: [m]\n"
        "    resilience: {retry: {max_retries: 0}}\n",
        {{"OPENAI_B_API_KEY", "hunter2"}});
    const Discovered found =
        discover(loaded.settings, loaded.environment, {{"openai", "https://api.openai.com/v1"}});
    const std::string text = print_effective(effective_values(loaded, found.instances));
    for (const char* line : {
             "providers.a.type = openai (config.yaml:3)\n",
             "providers.a.api_key = *** (config.yaml:4)\n",
             "providers.a.base_url = https://***@h/v1 (config.yaml:5)\n",
             "providers.a.extra.client_secret = *** (config.yaml:6)\n",
             "providers.a.extra.list[1] = true (config.yaml:6)\n",
             "providers.a.tokens.secret_list = *** (config.yaml:7)\n",
             "providers.a.models[0] = m (config.yaml:8)\n",
             "providers.a.resilience.retry.max_retries = 0 (config.yaml:9)\n",
             "providers.openai-b.api_key = *** (OPENAI_B_API_KEY)\n",
         }) {
        EXPECT_THAT(text, HasSubstr(line));
    }
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace gomodel::config
