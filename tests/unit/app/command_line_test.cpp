#include "app/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gomodel::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CommandLine parsed(const std::vector<std::string>& arguments) {
    const base::Result<CommandLine> line = parse_command_line(arguments);
    EXPECT_TRUE(line.ok());
    return line.ok() ? *line : CommandLine{};
}

TEST(CommandLine, NothingMeansNoCommand) {
    const CommandLine line = parsed({});
    EXPECT_TRUE(line.command.empty());
    EXPECT_FALSE(line.config.has_value());
    EXPECT_FALSE(line.help || line.version);
}

TEST(CommandLine, OptionsOfACommandAreLeftToIt) {
    const CommandLine line = parsed({"check-config", "--print", "-x", "a.yaml"});
    EXPECT_EQ(line.command, "check-config");
    EXPECT_THAT(line.arguments, ElementsAre("--print", "-x", "a.yaml"));
}

TEST(CommandLine, ConfigFileInEveryForm) {
    EXPECT_EQ(parsed({"-c", "a"}).config, "a");
    EXPECT_EQ(parsed({"--config", "a"}).config, "a");
    EXPECT_EQ(parsed({"--config=a=b"}).config, "a=b");
    const CommandLine behind = parsed({"plugins", "list", "--config", "a"});
    EXPECT_EQ(behind.config, "a");
    EXPECT_THAT(behind.arguments, ElementsAre("list"));
}

TEST(CommandLine, TakesOverFromAProcessAndNeverFromAGroup) {
    EXPECT_EQ(parsed({"--take-over", "4711"}).take_over, 4711);
    EXPECT_EQ(parsed({"serve", "--take-over", "1"}).take_over, 1);
    EXPECT_FALSE(parsed({"serve"}).take_over.has_value());
    for (const char* const wrong : {"0", "-1", "", "12x", "99999999999", "-"}) {
        const base::Result<CommandLine> line = parse_command_line({"--take-over", wrong});
        ASSERT_FALSE(line.ok()) << wrong;
        EXPECT_THAT(line.error().message, HasSubstr("needs a process id"));
    }
    EXPECT_FALSE(parse_command_line({"--take-over"}).ok());
}

TEST(CommandLine, HelpAndVersionAnywhere) {
    EXPECT_TRUE(parsed({"-h"}).help);
    EXPECT_TRUE(parsed({"plugins", "--help"}).help);
    EXPECT_THAT(parsed({"plugins", "--help"}).arguments, IsEmpty());
    EXPECT_TRUE(parsed({"--version"}).version);
}

TEST(CommandLine, SaysWhatItDoesNotUnderstand) {
    const std::vector<std::string> wrong[] = {
        {"--nonsense"}, {"-x", "serve"}, {"--daemon"}, {"--version=3"}, {"-"}};
    for (const auto& arguments : wrong) {
        const base::Result<CommandLine> line = parse_command_line(arguments);
        ASSERT_FALSE(line.ok()) << arguments.front();
        EXPECT_EQ(line.error().message, "unknown option \"" + arguments.front() + "\"");
    }
    const std::vector<std::string> missing[] = {{"-c"}, {"serve", "--config"}, {"--config="}};
    for (const auto& arguments : missing) {
        const base::Result<CommandLine> line = parse_command_line(arguments);
        ASSERT_FALSE(line.ok());
        EXPECT_THAT(line.error().message, HasSubstr("is missing"));
    }
}

}  // namespace
}  // namespace gomodel::app
