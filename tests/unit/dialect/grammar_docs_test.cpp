#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>

#include "dialect/grammar/rule.hpp"

namespace gomodel::dialect::grammar {
namespace {

// docs/stream-grammar.md has a line for every rule, and none for another.
TEST(GrammarDocs, TellOfEveryRule) {
    std::ifstream in(GOMODEL_SOURCE_DIR "/docs/stream-grammar.md");
    ASSERT_TRUE(in) << "docs/stream-grammar.md";
    std::map<std::string, int> lines;
    const std::regex row("^\\| `([a-z-]+)` \\|.*");
    std::smatch match;
    bool rules = false;  // the table under that heading
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("#")) rules = line == "## Rules";
        if (rules && std::regex_match(line, match, row)) ++lines[match[1]];
    }
    for (std::size_t i = 0; i < kRules; ++i)
        EXPECT_EQ(lines[std::string(to_string(static_cast<Rule>(i)))], 1)
            << to_string(static_cast<Rule>(i));
    EXPECT_EQ(lines.size(), kRules);
}

}  // namespace
}  // namespace gomodel::dialect::grammar
