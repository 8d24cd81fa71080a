#include "config/guardrail_rule.hpp"

#include "load.hpp"

namespace gomodel::config {
namespace {

TEST(GuardrailRules, AreReadInTheirOrder) {
    const Loaded loaded = load_yaml(
        "guardrails:\n"
        "  enabled: true\n"
        "  rules:\n"
        "    - name: style\n"
        "      type: system-prompt\n"
        "      description: how we write\n"
        "      user_path: team/alpha/\n"
        "      order: -5\n"
        "      system_prompt: {mode: inject, content: 'Be brief.'}\n"
        "    - {name: mask, type: LLM_based_altering, llm_based_altering: {roles: [user], "
        "max_tokens: 10}}\n"
        "    - {name: bare, type: own}\n");
    EXPECT_EQ(joined(loaded.problems), "");
    const auto& rules = loaded.settings.guardrails.rules;
    ASSERT_EQ(rules.size(), 3U);
    EXPECT_EQ(rules[0].name, "style");
    EXPECT_EQ(rules[0].type, "system_prompt");
    EXPECT_EQ(rules[0].description, "how we write");
    EXPECT_EQ(rules[0].user_path, "/team/alpha");
    EXPECT_EQ(rules[0].order, -5);
    EXPECT_EQ(rules[0].where, "config.yaml:4");
    EXPECT_EQ(rules[0].config->getValue<std::string>("content"), "Be brief.");
    EXPECT_EQ(rules[1].type, "llm_based_altering");
    EXPECT_EQ(rules[1].config->getValue<int>("max_tokens"), 10);
    EXPECT_EQ(rules[1].order, 0);
    EXPECT_EQ(rules[2].config->size(), 0U);
}

TEST(GuardrailRules, FaultsNameTheLine) {
    const std::pair<const char*, const char*> cases[] = {
        {"5", "[0]: expected {name, type, ...}"},
        {"{type: t}", "[0].name: is required"},
        {"{name: a/b, type: t}", "[0].name: cannot contain a slash"},
        {"{name: n}", "[0].type: is required"},
        {"{name: [n], type: t}",
         "[0].name: expected a text\n"
         "error config.yaml:4: guardrails.rules[0].name: is required"},
        {"{name: n, type: t, user_path: 'a:b'}", "[0].user_path: user path cannot contain ':'"},
        {"{name: n, type: t, order: first}",
         "[0].order: expected a whole number from -1000000 to 1000000"},
        {"{name: n, type: t, t: 5}", "[0].t: expected a mapping"},
    };
    for (const auto& [rule, problem] : cases) {
        const Loaded loaded =
            load_yaml("guardrails:\n  enabled: true\n  rules:\n    - " + std::string(rule) + "\n");
        EXPECT_EQ(joined(loaded.problems),
                  "error config.yaml:4: guardrails.rules" + std::string(problem) + "\n")
            << rule;
        EXPECT_TRUE(loaded.settings.guardrails.rules.empty()) << rule;
    }
    EXPECT_EQ(joined(load_yaml("guardrails:\n  enabled: true\n  rules: 5\n").problems),
              "error config.yaml:3: guardrails.rules: expected a list\n");
}

TEST(GuardrailRules, FaultsAreWarningsWhileGuardrailsAreOff) {
    const Loaded loaded = load_yaml("guardrails: {rules: [{type: t}]}");
    EXPECT_EQ(joined(loaded.problems),
              "warning config.yaml:1: guardrails.rules[0].name: is required\n");
}

TEST(GuardrailRules, UnknownMembersAreWarnings) {
    const Loaded loaded = load_yaml(
        "guardrails:\n  enabled: true\n  rules:\n"
        "    - {name: n, type: system_prompt, sytem_prompt: {}, user_pth: /a}\n");
    EXPECT_EQ(joined(loaded.problems),
              "warning config.yaml:4: guardrails.rules[0].sytem_prompt: unknown key, ignored; did "
              "you mean system_prompt?\n"
              "warning config.yaml:4: guardrails.rules[0].user_pth: unknown key, ignored; did you "
              "mean user_path?\n");
}

TEST(GuardrailRules, TheLastOfTwoAlikeCounts) {
    const Loaded loaded = load_yaml(
        "guardrails:\n  enabled: true\n  rules:\n"
        "    - {name: n, type: a}\n"
        "    - {name: n, type: b}\n");
    EXPECT_EQ(joined(loaded.problems),
              "warning config.yaml:5: guardrails.rules[1].name: replaces the rule of the same name "
              "at config.yaml:4\n");
    ASSERT_EQ(loaded.settings.guardrails.rules.size(), 1U);
    EXPECT_EQ(loaded.settings.guardrails.rules[0].type, "b");
}

}  // namespace
}  // namespace gomodel::config
