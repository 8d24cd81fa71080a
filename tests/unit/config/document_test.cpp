#include "config/document.hpp"

#include "config/environment.hpp"
#include "support.hpp"

namespace gomodel::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Document yaml(std::string_view text, Problems& problems, const Variables& variables = {}) {
    return parse_yaml(text, "config.yaml", Environment(variables), problems);
}

std::string text_at(const Document& document, std::string_view path) {
    const Node* const node = document.find(path);
    return node == nullptr ? "(absent)" : node->text;
}

TEST(Yaml, EveryPathKnowsItsLine) {
    Problems problems;
    const Document document = yaml(
        "# comment\n"
        "server:\n"
        "  port: 8080\n"
        "providers:\n"
        "  my.acme:\n"
        "    models:\n"
        "      - first\n"
        "      - id: second\n"
        "        metadata: {family:\n"
        "          x}\n",
        problems);
    EXPECT_EQ(joined(problems), "");
    const std::pair<const char*, const char*> cases[] = {
        {"server", "config.yaml:2"},
        {"server.port", "config.yaml:3"},
        {"providers.my.acme", "config.yaml:5"},
        {"providers.my.acme.models[0]", "config.yaml:7"},
        {"providers.my.acme.models[1]", "config.yaml:8"},
        {"providers.my.acme.models[1].id", "config.yaml:8"},
        {"providers.my.acme.models[1].metadata.family", "config.yaml:9"},
        // What is not there is looked for where it would have to be.
        {"providers.my.acme.base_url", "config.yaml:5"},
        {"providers.my.acme.models[7].id", "config.yaml:6"},
        {"storage.type", "config.yaml"},
    };
    for (const auto& [path, where] : cases) {
        EXPECT_EQ(document.where(path), where) << path;
    }
    EXPECT_EQ(text_at(document, "providers.my.acme.models[1].id"), "second");
    EXPECT_EQ(text_at(document, "providers.my.acme.base_url"), "(absent)");
}

TEST(Yaml, AnEmptyDocumentIsNull) {
    for (const char* text : {"", "\n", "# only a comment\n", "---\n", "\xEF\xBB\xBF"}) {
        Problems problems;
        EXPECT_TRUE(yaml(text, problems).root().is_null()) << text;
        EXPECT_THAT(problems.all(), IsEmpty());
    }
}

TEST(Yaml, QuotesDecideWhetherATextIsPlain) {
    Problems problems;
    const Document document = yaml("a: 1\nb: '1'\nc: \"1\"\nd: !!str 1\ne: |\n  1\nf:\n", problems);
    EXPECT_TRUE(document.find("a")->plain);
    EXPECT_FALSE(document.find("b")->plain);
    EXPECT_FALSE(document.find("c")->plain);
    EXPECT_FALSE(document.find("d")->plain);
    EXPECT_FALSE(document.find("e")->plain);
    EXPECT_TRUE(document.find("f")->is_null());
}

TEST(Yaml, DuplicateKeysAreErrorsWithBothLines) {
    Problems problems;
    yaml("server:\n  port: 1\n  base_path: /\n  port: 2\nserver: {}\n", problems);
    EXPECT_THAT(lines_of(problems),
                ElementsAre("error config.yaml:4: server.port: duplicate key, first set on line 2",
                            "error config.yaml:5: server: duplicate key, first set on line 1"));
}

TEST(Yaml, AliasesAndMergeKeysWork) {
    Problems problems;
    const Document document = yaml(
        "base: &base\n"
        "  type: openai\n"
        "  models: &models [a, b]\n"
        "more: &more {type: other, extra: 1}\n"
        "one:\n"
        "  <<: *base\n"
        "  type: own\n"
        "two:\n"
        "  <<: [*base, *more]\n"
        "three: *models\n"
        "four: *base\n",
        problems);
    EXPECT_EQ(joined(problems), "");
    EXPECT_EQ(text_at(document, "one.type"), "own");
    EXPECT_EQ(text_at(document, "one.models[1]"), "b");
    EXPECT_EQ(text_at(document, "two.type"), "openai");
    EXPECT_EQ(text_at(document, "two.extra"), "1");
    EXPECT_EQ(text_at(document, "three[0]"), "a");
    EXPECT_EQ(text_at(document, "four.type"), "openai");
    EXPECT_EQ(document.find("one.<<"), nullptr);
    EXPECT_EQ(document.where("one.models"), "config.yaml:3") << "where it can be changed";
}

TEST(Yaml, AnAnchoredKeyAndAQuotedMergeKeyAreOrdinary) {
    Problems problems;
    const Document document = yaml("&a name: 1\nb: *a\n'<<': text\n", problems);
    EXPECT_EQ(joined(problems), "");
    EXPECT_EQ(text_at(document, "b"), "name");
    EXPECT_EQ(text_at(document, "<<"), "text");
}

TEST(Yaml, ScalarsAndKeysAreInterpolatedAfterParsing) {
    Problems problems;
    const Document document = yaml(
        "a: ${SECRET}\nb: \"x${SECRET}\"\n${KEY}: 1\nc: ${EMPTY:-}\nd: ${NUMBER:-5}\n# ${UNSET}\n",
        problems, {{"SECRET", "p: [w # x"}, {"KEY", "name"}});
    EXPECT_EQ(joined(problems), "");
    EXPECT_EQ(text_at(document, "a"), "p: [w # x") << "a value cannot change the structure";
    EXPECT_EQ(text_at(document, "b"), "xp: [w # x");
    EXPECT_EQ(text_at(document, "name"), "1");
    EXPECT_TRUE(document.find("c")->is_null()) << "as if nothing had been written";
    EXPECT_TRUE(document.find("d")->plain);
}

TEST(Yaml, WhatStaysUnresolvedIsAWarningEach) {
    Problems problems;
    const Document document =
        yaml("a:\n  b: ${UNSET}\n  c: [x, '${ODD']\n  d: $SET\n", problems, {{"SET", "1"}});
    EXPECT_THAT(
        lines_of(problems),
        ElementsAre("warning config.yaml:2: a.b: the environment variable UNSET is unset or empty; "
                    "${UNSET} is left as it is",
                    "warning config.yaml:3: a.c[1]: a ${ does not start ${NAME} or "
                    "${NAME:-default} and is left as it is (write $$ for one $)",
                    "warning config.yaml:4: a.d: a variable without braces is left as it is: write "
                    "${NAME} to insert its value, $$NAME to keep the text"));
    EXPECT_EQ(text_at(document, "a.b"), "${UNSET}");
    EXPECT_EQ(text_at(document, "a.d"), "$SET");
}

TEST(Yaml, AVariableThatIsNotUtf8IsAnError) {
    Problems problems;
    yaml("a: ${BAD}\n", problems, {{"BAD", "\xFF"}});
    EXPECT_THAT(lines_of(problems),
                ElementsAre("error config.yaml:1: a: an environment variable in it is not UTF-8"));
}

TEST(Yaml, SyntaxErrorsNameTheLine) {
    const std::pair<const char*, const char*> cases[] = {
        {"a: 1\nb: [1, 2\nc: 3\n", "config.yaml:3"},
        {"a: 1\n\tb: 2\n", "config.yaml:2"},
        {"a: 'open\nb: 2\n", "config.yaml:2"},
        {"a: \"open", "config.yaml:1"},
        {"a: {b", "config.yaml:1"},
        {"a: b: c\n", "config.yaml:1"},
        {"a: *nowhere\n", "config.yaml:1"},
        {"a: &a [*a]\n", "config.yaml:1"},
        {"a: 1\n---\nb: 2\n", "config.yaml"},
        {"? [a, b]\n: 1\n", "config.yaml:1"},
        {"{a: 1}: 2\n", "config.yaml:1"},
        {"a:\n  <<: text\n", "config.yaml:2"},
        {"a: \"\\q\"\n", "config.yaml:1"},
        {"%YAML 9.9\n---\na: 1\n", "config.yaml:1"},
    };
    for (const auto& [text, where] : cases) {
        Problems problems;
        yaml(text, problems);
        ASSERT_EQ(problems.all().size(), 1U) << text << joined(problems);
        EXPECT_TRUE(problems.fatal()) << text;
        EXPECT_THAT(problems.all()[0].where, testing::StartsWith(where)) << text;
        EXPECT_FALSE(problems.all()[0].message.empty()) << text;
    }
}

TEST(Json, IsReadWithLines) {
    Problems problems;
    const Document document =
        parse_json("{\n  \"a\": [1, \"x\",\n    true, null],\n  \"b\": {\"c\": 1.5e3}\n}\n",
                   "rules.json", Environment(), problems);
    EXPECT_EQ(joined(problems), "");
    EXPECT_EQ(document.where("a"), "rules.json:2");
    EXPECT_EQ(document.where("a[2]"), "rules.json:3");
    EXPECT_EQ(document.where("b.c"), "rules.json:4");
    EXPECT_EQ(text_at(document, "b.c"), "1.5e3");
    EXPECT_TRUE(document.find("a[3]")->is_null());
    EXPECT_FALSE(document.find("a[1]")->plain);
}

TEST(Json, FaultsNameTheLine) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"{\"a\": 1,\n\"a\": 2}", "rules.json:2"},
        {"{\n\"a\": 1\n} x", "rules.json:3"},
        {"{\"a\": }", "rules.json:1"},
        {"", "rules.json:1"},
        {"{\"a\":\n\"\xFF\"}", "rules.json:2"},
        {std::string_view("{}\n\0", 4), "rules.json:2"},
        {"{\"a\": 01}", "rules.json:1"},
        {"[1,]", "rules.json:1"},
    };
    for (const auto& [text, where] : cases) {
        Problems problems;
        parse_json(text, "rules.json", Environment(), problems);
        ASSERT_EQ(problems.all().size(), 1U) << text;
        EXPECT_TRUE(problems.fatal()) << text;
        EXPECT_EQ(problems.all()[0].where, where) << text;
    }
}

TEST(Json, TextsAreInterpolated) {
    Problems problems;
    const Document document = parse_json(R"({"${A}": ["${B:-c}"]})", "rules.json",
                                         Environment(Variables{{"A", "x\"y"}}), problems);
    EXPECT_EQ(joined(problems), "");
    EXPECT_EQ(text_at(document, "x\"y[0]"), "c");
}

}  // namespace
}  // namespace gomodel::config
