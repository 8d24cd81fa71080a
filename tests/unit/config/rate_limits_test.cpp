#include "config/rate_limits.hpp"

#include "config/differences.hpp"
#include "load.hpp"

namespace gomodel::config {
namespace {

TEST(RateLimits, AreReadInTheirOrder) {
    const Loaded loaded = load_yaml(
        "rate_limits:\n"
        "  - {scope: gateway, requests: 1000}\n"
        "  - {scope: key, requests: 60, tokens: 100000, per: Minute}\n"
        "  - {scope: key, match: '*', requests: 5000, per: day}\n"
        "  - {scope: user_path, match: team//alpha/, tokens: 5, per: hour}\n"
        "  - {scope: provider, match: main, concurrency: 20}\n"
        "  - {scope: model, match: main/gpt-test, requests: 3, concurrency: 1}\n");
    EXPECT_EQ(joined(loaded.problems), "");
    std::vector<std::string> texts;
    for (const RateLimit& limit : loaded.settings.rate_limits)
        texts.push_back(to_string(limit) + " (" + limit.where + ")");
    EXPECT_THAT(texts,
                testing::ElementsAre(
                    "gateway: 1000 requests per minute (config.yaml:2)",
                    "key *: 60 requests, 100000 tokens per minute (config.yaml:3)",
                    "key *: 5000 requests per day (config.yaml:4)",
                    "user_path /team/alpha: 5 tokens per hour (config.yaml:5)",
                    "provider main: 20 at once (config.yaml:6)",
                    "model main/gpt-test: 3 requests per minute, 1 at once (config.yaml:7)"));
}

TEST(RateLimits, FaultsNameTheirLine) {
    const struct {
        const char* limit;
        const char* problem;
    } kCases[] = {
        {"7", ": expected {scope, match, requests, tokens, concurrency, per}"},
        {"{requests: 5}", ".scope: expected gateway, key, user_path, provider or model"},
        {"{scope: team, requests: 5}",
         ".scope: expected gateway, key, user_path, provider or model"},
        {"{scope: [key], requests: 5}", ".scope: expected a text"},
        {"{scope: key}", ": limits nothing: set requests, tokens or concurrency"},
        {"{scope: key, requests: 0}", ".requests: expected a whole number from 1 to 1000000000000"},
        {"{scope: key, tokens: -1}", ".tokens: expected a whole number from 1 to 1000000000000"},
        {"{scope: key, concurrency: some}",
         ".concurrency: expected a whole number from 1 to 1000000000000"},
        {"{scope: key, requests: 1.5}",
         ".requests: expected a whole number from 1 to 1000000000000"},
        {"{scope: key, requests: 5, per: week}", ".per: expected minute, hour or day"},
        {"{scope: gateway, match: all, requests: 5}",
         ".match: is of no use with scope gateway: the limit is for all requests together"},
    };
    for (const auto& each : kCases) {
        const Loaded loaded = load_yaml("rate_limits:\n  - " + std::string(each.limit) + "\n");
        EXPECT_THAT(joined(loaded.problems),
                    testing::HasSubstr("error config.yaml:2: rate_limits[0]" +
                                       std::string(each.problem) + "\n"))
            << each.limit;
        EXPECT_TRUE(loaded.settings.rate_limits.empty()) << each.limit;
    }
    EXPECT_EQ(joined(load_yaml("rate_limits: {a: 1}\n").problems),
              "error config.yaml:1: rate_limits: expected a list\n");
}

TEST(RateLimits, AUserPathMustBeOne) {
    const Loaded loaded =
        load_yaml("rate_limits: [{scope: user_path, match: /a/../b, requests: 1}]\n");
    EXPECT_THAT(joined(loaded.problems),
                testing::HasSubstr("error config.yaml:1: rate_limits[0].match: "));
}

TEST(RateLimits, TwoForTheSameAreOneTooMany) {
    const Loaded loaded = load_yaml(
        "rate_limits:\n"
        "  - {scope: key, requests: 1}\n"
        "  - {scope: key, match: '*', tokens: 5}\n");
    EXPECT_EQ(joined(loaded.problems),
              "error config.yaml:3: rate_limits[1]: a second limit for the same as the one at "
              "config.yaml:2\n");
}

TEST(RateLimits, UnknownMembersAreToldOf) {
    const Loaded loaded = load_yaml("rate_limits: [{scope: key, request: 1, tokens: 1}]\n");
    EXPECT_EQ(joined(loaded.problems),
              "warning config.yaml:1: rate_limits[0].request: unknown key, ignored; did you mean "
              "requests?\n");
}

TEST(RateLimits, AChangeIsADifference) {
    const Settings a = load_yaml("rate_limits: [{scope: key, requests: 1}]\n").settings;
    const Settings b = load_yaml("rate_limits: [{scope: key, requests: 2}]\n").settings;
    EXPECT_THAT(differing_keys(a, b), testing::ElementsAre("rate_limits"));
    EXPECT_FALSE(needs_restart("rate_limits"));
}

}  // namespace
}  // namespace gomodel::config
