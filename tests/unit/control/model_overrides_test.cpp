#include "control/model_overrides.hpp"

#include <gtest/gtest.h>

namespace gomodel::control {
namespace {

TEST(ModelOverrides, ReadSelectors) {
    struct Case {
        const char* text;
        const char* selector;
        const char* provider;
        const char* model;
    };
    const std::set<std::string, std::less<>> providers{"openai", "local"};
    for (const Case& one : {Case{"/", "/", "", ""},
                            {" openai/ ", "openai/", "openai", ""},
                            {"openai/gpt-4o", "openai/gpt-4o", "openai", "gpt-4o"},
                            {"local/org/model", "local/org/model", "local", "org/model"},
                            {"gpt-4o", "gpt-4o", "", "gpt-4o"},
                            {"org/model", "org/model", "", "org/model"},
                            {"other/", "other/", "", "other/"},
                            {"openai", "openai", "", "openai"},
                            {"/openai/x", "/openai/x", "", "/openai/x"},
                            {"openai / gpt", "openai/gpt", "openai", "gpt"}}) {
        const gateway::AccessRule rule = rule_for_selector(one.text, providers);
        EXPECT_EQ(rule.selector, one.selector) << one.text;
        EXPECT_EQ(rule.provider_name, one.provider) << one.text;
        EXPECT_EQ(rule.model, one.model) << one.text;
    }
}

}  // namespace
}  // namespace gomodel::control
