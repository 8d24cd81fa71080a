// A refresh does something exactly when a value changed, and says which ones wait for a restart.

#include "config/differences.hpp"

#include <gmock/gmock.h>

#include "load.hpp"

namespace gomodel::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> between(const std::string& before, const std::string& after) {
    return differing_keys(load_yaml(before).settings, load_yaml(after).settings);
}

TEST(Differences, CommentsAndOrderAreNone) {
    EXPECT_THAT(between("server: {port: 1}\nusage: {enabled: false}",
                        "# moved down\n\nusage:\n  enabled: no\nserver:\n  port: 1\n"),
                IsEmpty());
}

TEST(Differences, EveryKindOfValueIsSeen) {
    EXPECT_THAT(
        between("",
                "server: {port: 9, master_key: s, enabled_passthrough_providers: [x]}\n"
                "http: {timeout: 5s}\n"
                "plugins: {unload: close}\n"
                "resilience: {retry: {backoff_factor: 3}}\n"),
        ElementsAre("server.port", "server.master_key", "server.enabled_passthrough_providers",
                    "plugins.unload", "http.timeout", "resilience.retry.backoff_factor"));
}

TEST(Differences, SecretsCountThoughTheyAreNeverShown) {
    EXPECT_THAT(between("server: {master_key: one}", "server: {master_key: two}"),
                ElementsAre("server.master_key"));
}

TEST(Differences, StructuresAreComparedWhole) {
    const std::string budget =
        "budgets: {user_paths: [{path: /a, limits: [{period: daily, amount: ";
    EXPECT_THAT(between(budget + "1}]}]}", budget + "2}]}]}"), ElementsAre("budgets.user_paths"));
    EXPECT_THAT(between(budget + "1}]}]}", "\n\n" + budget + "1}]}]}"), IsEmpty());
    const std::string digest(64, 'a');
    EXPECT_THAT(between("", "plugins: {sha256: {a.so: 'sha256:" + digest + "'}}"),
                ElementsAre("plugins.sha256"));
    EXPECT_THAT(between("plugins: {budgets: {cache.x: 5ms}}", "plugins: {budgets: {cache.x: 6ms}}"),
                ElementsAre("plugins.budgets"));
    const std::string cache = "cache: {response: {simple: {type: x, config: {size: ";
    EXPECT_THAT(between(cache + "1}}}}", cache + "2}}}}"),
                ElementsAre("cache.response.simple.config"));
}

TEST(Differences, TheListenerAndTheLoopsNeedARestart) {
    for (const char* key :
         {"server.port", "server.address", "server.workers", "server.idle_timeout",
          "http.connect_timeout", "log.level", "proxy.https"}) {
        EXPECT_TRUE(needs_restart(key)) << key;
    }
    for (const char* key : {"server.master_key", "server.drain_timeout", "http.timeout",
                            "usage.enabled", "budgets.user_paths", "plugins.path"}) {
        EXPECT_FALSE(needs_restart(key)) << key;
    }
}

}  // namespace
}  // namespace gomodel::config
