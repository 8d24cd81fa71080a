// The streams of the plugins' fixtures, written from the vendors' documentation, against the
// grammar: what vendors send is not called broken, and what our plugins translate keeps every rule.
#include <gomodel/json_tree.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "dialect/stream_filter.hpp"

namespace gomodel::dialect {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Endpoint endpoint_of(const fs::path& fixture) {
    const std::string op = read_file(fixture / "op.json");
    const json::Tree tree(op);
    const std::string kind = tree.root()["kind"].text();
    if (kind == "responses") return Endpoint::kResponses;
    return kind == "messages" ? Endpoint::kMessages : Endpoint::kChat;
}

// As a plugin's events go to the client: named, and with their end.
std::string broken(Endpoint endpoint, const std::string& stream, grammar::Measure measure) {
    StreamFilter filter(endpoint, false, measure);
    filter.adds_end();
    std::vector<std::string_view> out;
    filter.feed(stream, out);
    filter.finish(out);
    std::string rules;
    for (const grammar::Violation& violation : filter.take_violations())
        rules.append(to_string(violation.rule)).append(" ").append(to_string(violation.action));
    return rules;
}

// Streams that end early on purpose.
bool is_whole(const std::string& fixture) {
    return fixture.find("cut-off") == std::string::npos &&
           fixture.find("error") == std::string::npos;
}

TEST(FixtureStreams, KeepTheGrammar) {
    const std::set<std::string> translated = {"anthropic", "echo"};
    std::set<std::string> providers;
    std::set<std::string> repeat_roles;
    const fs::path root = fs::path(GOMODEL_SOURCE_DIR) / "plugins" / "providers";
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
        if (entry.path().filename() != "expected.sse") continue;
        const fs::path fixture = entry.path().parent_path();
        if (!is_whole(fixture.filename())) continue;
        const std::string provider = fixture.parent_path().parent_path().filename();
        providers.insert(provider);
        const Endpoint endpoint = endpoint_of(fixture);
        const bool own = translated.contains(provider) && endpoint == Endpoint::kChat;
        const std::string rules =
            broken(endpoint, read_file(entry.path()),
                   own ? grammar::Measure::kOwn : grammar::Measure::kUpstream);
        if (!own && rules == "repeated-role mended") {
            repeat_roles.insert(provider);
        } else {
            EXPECT_EQ(rules, "") << fixture;
        }
    }
    const std::set<std::string> known = {"gemini", "minimax", "ollama", "openrouter", "xai", "zai"};
    EXPECT_EQ(repeat_roles, known);
    EXPECT_GE(providers.size(), 13U) << "fixtures were not found";
}

}  // namespace
}  // namespace gomodel::dialect
