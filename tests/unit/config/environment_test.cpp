#include "config/environment.hpp"

#include "config/dotenv.hpp"
#include "support.hpp"

namespace gomodel::config {
namespace {

TEST(Environment, EmptyIsUnset) {
    const Environment environment(Variables{{"A", "1"}, {"B", ""}});
    ASSERT_NE(environment.find("A"), nullptr);
    EXPECT_EQ(environment.find("A")->value, "1");
    EXPECT_EQ(environment.find("A")->where, "environment");
    EXPECT_EQ(environment.find("B"), nullptr);
    EXPECT_EQ(environment.find("C"), nullptr);
}

TEST(Environment, TakesTheProcessesVariables) {
    ASSERT_EQ(::setenv("GOMODEL_CONFIG_TEST", "a=b", 1), 0);
    const Environment environment = Environment::of_process();
    ASSERT_NE(environment.find("GOMODEL_CONFIG_TEST"), nullptr);
    EXPECT_EQ(environment.find("GOMODEL_CONFIG_TEST")->value, "a=b");
    ::unsetenv("GOMODEL_CONFIG_TEST");
}

TEST(Environment, DotenvFillsOnlyWhatIsMissing) {
    Problems problems;
    const Environment environment =
        Environment(Variables{{"SET", "real"}, {"EMPTY", ""}})
            .with_dotenv("SET=file\nEMPTY=file\n\nNEW=file\n", ".env", problems);
    EXPECT_EQ(environment.find("SET")->value, "real");
    EXPECT_EQ(environment.find("EMPTY"), nullptr) << "present and empty is present";
    EXPECT_EQ(environment.find("NEW")->value, "file");
    EXPECT_EQ(environment.find("NEW")->where, ".env:4");
    EXPECT_THAT(problems.all(), testing::IsEmpty());
}

struct DotenvCase {
    std::string_view text;
    std::string_view value;  // of A
};

TEST(Dotenv, ReadsEveryNotation) {
    const DotenvCase cases[] = {
        {"A=b", "b"},
        {"  A =  b c  ", "b c"},
        {"export A=b", "b"},
        {"export\tA=b", "b"},
        {"A=b\r\n", "b"},
        {"# A=c\n  # B=d\nA=b", "b"},
        {"A=b # c", "b"},
        {"A=b#c", "b#c"},
        {"A=#c", "#c"},
        {"A= # c", ""},
        {"A=", ""},
        {"A=b=c", "b=c"},
        {"A='b # $c \\n'", "b # $c \\n"},
        {R"(A="b \"c\" \\ \n\t\$x" # d)", "b \"c\" \\ \n\t$x"},
        {"A=\"b\r\nc\"", "b\nc"},
        {"A=${HOME}", "${HOME}"},
        {"\xEF\xBB\xBF"
         "A=b",
         "b"},
    };
    for (const DotenvCase& c : cases) {
        Problems problems;
        const auto lines = parse_dotenv(c.text, ".env", problems);
        EXPECT_EQ(joined(problems), "") << c.text;
        ASSERT_EQ(lines.size(), 1U) << c.text;
        EXPECT_EQ(lines[0].name, "A") << c.text;
        EXPECT_EQ(lines[0].value, c.value) << c.text;
    }
}

TEST(Dotenv, AMalformedLineIsAWarningWithItsNumberAndNotItsText) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"hunter2", "expected NAME=value; the line is ignored"},
        {"A-B=hunter2", "expected NAME=value; the line is ignored"},
        {"=hunter2", "expected NAME=value; the line is ignored"},
        {"1A=hunter2", "expected NAME=value; the line is ignored"},
        {"A=\"hunter2", "a quote is opened and never closed; the line is ignored"},
        {"A='hunter2' x", "there is text after the closing quote; the line is ignored"},
        {"FIRST=hunter2", "FIRST: also set on line 1; the last counts"},
    };
    for (const auto& [line, message] : cases) {
        Problems problems;
        const std::string text = "FIRST=1\n" + std::string(line) + "\nLAST=2\n";
        const auto lines = parse_dotenv(text, ".env", problems);
        EXPECT_THAT(lines_of(problems),
                    testing::ElementsAre("warning .env:2: " + std::string(message)));
        ASSERT_FALSE(lines.empty());
        EXPECT_EQ(lines.back().name, "LAST") << "what follows is read";
    }
}

TEST(Dotenv, TheLastOfTwoCounts) {
    Problems problems;
    const auto lines = parse_dotenv("A=1\nB=2\nA=3\n", ".env", problems);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].value, "3");
}

TEST(Dotenv, NulByteIsRefused) {
    Problems problems;
    EXPECT_TRUE(parse_dotenv(std::string_view("A=b\0c", 5), ".env", problems).empty());
    EXPECT_EQ(joined(problems), "warning .env:1: a value cannot hold a NUL byte\n");
}

}  // namespace
}  // namespace gomodel::config
