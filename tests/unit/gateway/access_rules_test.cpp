#include "gateway/access_rules.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

AccessRule rule(std::string provider, std::string model, std::vector<std::string> paths) {
    return {provider + "/" + model, provider, model, std::move(paths)};
}

class AccessRulesTest : public testing::Test {
protected:
    // "yes", or why not.
    std::string access(const AccessRules& rules, std::string_view path,
                       std::string_view provider = "openai", std::string_view model = "big") {
        const auto denied = check_access(&rules, settings_, {provider, model, path});
        if (!denied.has_value()) return "yes";
        EXPECT_EQ(denied->status, 400);
        EXPECT_EQ(denied->type, "invalid_request_error");
        EXPECT_EQ(denied->code, "model_access_denied");
        return denied->message;
    }

    static constexpr const char* kNobody = "requested model is not available";
    static constexpr const char* kNotYou = "requested model is not available for this API key";
    config::Models settings_;
};

TEST_F(AccessRulesTest, OnlyTheMostTellingRuleCounts) {
    const AccessRule exact = rule("openai", "big", {"/exact"});
    const AccessRule provider = rule("openai", "", {"/provider"});
    const AccessRule model = rule("", "big", {"/model"});
    const AccessRule global = rule("", "", {"/global"});
    const AccessRules all({global, model, provider, exact});
    EXPECT_EQ(access(all, "/exact"), "yes");
    EXPECT_EQ(access(all, "/provider"), kNotYou) << "rules are not merged";
    EXPECT_EQ(access(all, "/provider", "openai", "small"), "yes");
    EXPECT_EQ(access(all, "/model", "other"), "yes");
    EXPECT_EQ(access(all, "/global", "other"), kNotYou);
    EXPECT_EQ(access(all, "/global", "other", "small"), "yes");
    EXPECT_EQ(exact.scope(), "provider_model");
    EXPECT_EQ(provider.scope(), "provider");
    EXPECT_EQ(model.scope(), "model");
    EXPECT_EQ(global.scope(), "global");
}

TEST_F(AccessRulesTest, APathCoversWhatIsBelowIt) {
    const AccessRules team({rule("openai", "big", {"/team"})});
    for (const char* path : {"/team", "/team/a", "/team/a/b"})
        EXPECT_EQ(access(team, path), "yes") << path;
    for (const char* path : {"", "/", "/team-a", "/tea", "/other/team", "/Team"})
        EXPECT_EQ(access(team, path), kNotYou) << path;
    const AccessRules root({rule("openai", "big", {"/team", "/"})});
    for (const char* path : {"", "/", "/other"})
        EXPECT_EQ(access(root, path), "yes") << path;
    const AccessRules none({rule("openai", "big", {})});
    EXPECT_EQ(access(none, "/team"), kNotYou);
}

TEST_F(AccessRulesTest, WithoutARuleTheSettingDecides) {
    const AccessRules rules({rule("openai", "big", {"/team"})});
    EXPECT_EQ(access(rules, "", "openai", "small"), "yes");
    settings_.enabled_by_default = false;
    EXPECT_EQ(access(rules, "/team", "openai", "small"), kNobody);
    EXPECT_EQ(access(rules, "/team"), "yes") << "a rule opens what is closed";
    EXPECT_TRUE(check_access(nullptr, settings_, {"openai", "big", "/team"}).has_value());
    settings_.overrides_enabled = false;
    EXPECT_EQ(access(rules, "/other"), "yes") << "rules are switched off";
}

}  // namespace
}  // namespace gomodel::gateway
