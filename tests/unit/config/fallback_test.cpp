#include "config/fallback.hpp"

#include "load.hpp"

namespace gomodel::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Loaded with_rules(std::string_view json, const Variables& variables = {}) {
    const TemporaryDirectory directory;
    directory.write("rules.json", json);
    return load_text("fallback:\n  manual_rules_path: rules.json\n", "config.yaml",
                     Environment(variables), directory.path());
}

TEST(Fallback, RulesAreRead) {
    const Loaded loaded = with_rules(
        R"({" gpt-4o ": ["a/b", " c ", "", "  "], "${MODEL}": ["${OTHER:-d}"], "e": []})",
        {{"MODEL", "x"}});
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_THAT(loaded.settings.fallback.manual_rules,
                ElementsAre(Pair("e", IsEmpty()), Pair("gpt-4o", ElementsAre("a/b", "c")),
                            Pair("x", ElementsAre("d"))));
}

TEST(Fallback, FaultsInTheRulesNameTheirLine) {
    const std::pair<const char*, const char*> cases[] = {
        {"[]", "error rules.json:1: expected a JSON object of selector to list of selectors\n"},
        {"null", "error rules.json:1: expected an object or a list\n"},
        {"{\n\"a\": [],\n\"a\": []}",
         "error rules.json:3: a: duplicate key, first set on line 2\n"},
        {"{\n\"a\": [],\n\" a\": []}", "error rules.json:3:  a: the selector is there twice\n"},
        {"{\n\"\": []}", "error rules.json:2: the selector is empty\n"},
        {"{\n\"  \": []}", "error rules.json:2:   : the selector is empty\n"},
        {"{\n\"a\": null}", "error rules.json:2: a: expected a list of selectors\n"},
        {"{\"a\": \"b\"}", "error rules.json:1: a: expected a list of selectors\n"},
        {"{\"a\": [1]}", "error rules.json:1: a: expected a list of selectors\n"},
        {"{\"a\": [null]}", "error rules.json:1: a: expected a list of selectors\n"},
        {"{\"a\": [[]]}", "error rules.json:1: a: expected a list of selectors\n"},
        {"{\"a\": []}\n{}", "error rules.json:2: text follows the end of the JSON value\n"},
        {"", "error rules.json:1: malformed JSON: Empty: no JSON found\n"},
    };
    for (const auto& [json, problem] : cases) {
        EXPECT_EQ(joined(with_rules(json).problems), problem) << json;
    }
}

TEST(Fallback, AnUnresolvedPlaceholderIsAWarning) {
    EXPECT_EQ(joined(with_rules("{\"a\":\n[\"${NOPE}\"]}").problems),
              "warning rules.json:2: a[0]: the environment variable NOPE is unset or empty; "
              "${NOPE} is left as it is\n");
}

TEST(Fallback, AMissingRulesFileIsAnErrorWhereItIsNamed) {
    const TemporaryDirectory directory;
    EXPECT_EQ(joined(load_text("\nfallback: {manual_rules_path: no.json}", "config.yaml",
                               Environment(), directory.path())
                         .problems),
              "error config.yaml:2: fallback.manual_rules_path: no.json cannot be read: No such "
              "file or directory\n");
    EXPECT_EQ(joined(load({std::nullopt, directory.path(),
                           Environment(Variables{{"FALLBACK_MANUAL_RULES_PATH", "no.json"}})})
                         .problems),
              "error environment: FALLBACK_MANUAL_RULES_PATH: no.json cannot be read: No such file "
              "or directory (fallback.manual_rules_path)\n");
}

TEST(Fallback, ModeIsOneOfThree) {
    const auto mode = [](const char* text) {
        return load_yaml("", {{"FEATURE_FALLBACK_MODE", text}}).settings.fallback.default_mode;
    };
    EXPECT_EQ(mode("auto"), FallbackMode::kAuto);
    EXPECT_EQ(mode(" OFF "), FallbackMode::kOff);
    EXPECT_EQ(mode(" "), FallbackMode::kManual);
}

TEST(Fallback, OverridesAreByTrimmedSelector) {
    const Loaded loaded =
        load_yaml("fallback:\n  overrides:\n    gpt-4.1: {mode: auto}\n    ' a/b ': {mode: Off}\n");
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_THAT(loaded.settings.fallback.overrides,
                ElementsAre(Pair("a/b", FallbackMode::kOff), Pair("gpt-4.1", FallbackMode::kAuto)));
    EXPECT_EQ(loaded.where("fallback.overrides.gpt-4.1.mode"), "config.yaml:3");
}

TEST(Fallback, FaultsInOverridesNameTheLine) {
    const char* const mode = "expected {mode: auto}, {mode: manual} or {mode: off}\n";
    const std::pair<const char*, std::string> cases[] = {
        {"[]", "error config.yaml:2: fallback.overrides: expected a mapping\n"},
        {"{' ': {mode: auto}}",
         "error config.yaml:2: fallback.overrides. : the selector is empty\n"},
        {"{a: {mode: auto}, ' a': {mode: off}}",
         "error config.yaml:2: fallback.overrides. a: the selector is there twice\n"},
        {"{a: {mode: sometimes}}",
         std::string("error config.yaml:2: fallback.overrides.a: ") + mode},
        {"{a: {mode: ''}}", std::string("error config.yaml:2: fallback.overrides.a: ") + mode},
        {"{a: {}}", std::string("error config.yaml:2: fallback.overrides.a: ") + mode},
        {"{a: auto}", std::string("error config.yaml:2: fallback.overrides.a: ") + mode},
    };
    for (const auto& [yaml, problem] : cases) {
        EXPECT_EQ(joined(load_yaml("fallback:\n  overrides: " + std::string(yaml)).problems),
                  problem)
            << yaml;
    }
}

}  // namespace
}  // namespace gomodel::config
