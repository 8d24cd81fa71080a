// The files that operators copy: they must load, and name everything there is.

#include "config/keys.hpp"
#include "config/providers.hpp"
#include "load.hpp"

namespace gomodel::config {
namespace {

const std::filesystem::path kSource = GOMODEL_SOURCE_DIR;

// Settings in the example are "#key: value"; text is "# text".
std::string uncommented(const std::string& text) {
    std::istringstream lines(text);
    std::string result;
    std::string line;
    while (std::getline(lines, line)) {
        const std::size_t hash = line.find_first_not_of(' ');
        const bool setting = hash != std::string::npos && line[hash] == '#' &&
                             hash + 1 < line.size() && line[hash + 1] != ' ';
        if (setting) line.erase(hash, 1);
        result += line + '\n';
    }
    return result;
}

TEST(Examples, ConfigLoadsAsItIsAndSetsNothing) {
    const std::string text = read_text(kSource / "config" / "config.example.yaml");
    ASSERT_FALSE(text.empty());
    const Loaded loaded = load_yaml(text);
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_TRUE(loaded.origins.empty());
    EXPECT_TRUE(loaded.settings.providers.empty());
}

TEST(Examples, ConfigLoadsWithEverySettingInIt) {
    const std::string text = uncommented(read_text(kSource / "config" / "config.example.yaml"));
    const Loaded loaded =
        load_yaml(text, {{"OPENAI_API_KEY", "k"}, {"AZURE_EU_API_KEY", "k"}, {"REDIS_URL", "r"}});
    // The example shows both places for the models; nobody can have both.
    ASSERT_EQ(loaded.problems.all().size(), 1U) << joined(loaded.problems);
    EXPECT_EQ(loaded.problems.all()[0].key, "cache.model.local");
    EXPECT_FALSE(loaded.problems.fatal());
    for (const Key& key : all_keys()) {
        if (key.has(kEnvOnly)) continue;
        EXPECT_NE(loaded.document.find(key.path), nullptr) << key.path << " is not in the example";
    }
    const std::vector<ProviderType> types = {{"openai", "https://api.openai.com/v1"},
                                             {"azure", "", true, false, true},
                                             {"vllm", "http://localhost:8000/v1", false, true}};
    const Discovered found = discover(loaded.settings, loaded.environment, types);
    EXPECT_EQ(joined(found.problems), "");
    EXPECT_EQ(found.instances.size(), 3U);
}

TEST(Examples, ConfigShowsTheDefaults) {
    const std::string text = uncommented(read_text(kSource / "config" / "config.example.yaml"));
    const Loaded loaded = load_yaml(text, {{"REDIS_URL", "r"}});
    for (const Key& key : all_keys()) {
        const std::string usual = default_text(key);
        const bool switched = key.has(kBlockSwitch);  // on, because the block is there
        if (key.has(kEnvOnly) || usual.empty() || usual == "0" || switched) continue;
        EXPECT_EQ(value_text(key, loaded.settings), usual) << key.path;
    }
}

TEST(Examples, FallbackRulesLoad) {
    const Loaded loaded = load_text("fallback: {manual_rules_path: config/fallback.example.json}",
                                    "config.yaml", Environment(), kSource);
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_EQ(loaded.settings.fallback.manual_rules.size(), 3U);
}

TEST(Examples, DotenvNamesEveryVariable) {
    const std::string text = read_text(kSource / ".env.template");
    const auto named = [&](const std::string& variable) {
        return text.find("\n#" + variable + "=") != std::string::npos;
    };
    for (const Key& key : all_keys()) {
        if (key.variable.empty()) continue;
        EXPECT_TRUE(named(std::string(key.variable))) << key.variable << " is not in the template";
    }
    for (const char* type : {"OPENAI", "ANTHROPIC", "GEMINI", "DEEPSEEK", "GROQ", "OPENROUTER",
                             "ZAI", "XAI", "AZURE", "ORACLE", "OLLAMA", "VLLM", "MINIMAX"}) {
        for (const char* field : {"_API_KEY", "_BASE_URL", "_MODELS"}) {
            EXPECT_TRUE(named(std::string(type) + field)) << type << field;
        }
    }
    for (const char* variable :
         {"AZURE_API_VERSION", "ANTHROPIC_DEFAULT_MAX_TOKENS", "OPENROUTER_SITE_URL",
          "OPENROUTER_APP_NAME", "SET_BUDGET_TEAM__ALPHA"}) {
        EXPECT_TRUE(named(variable)) << variable;
    }
}

TEST(Examples, DotenvLoadsWithEveryVariableInIt) {
    Problems problems;
    const std::string text = uncommented(read_text(kSource / ".env.template"));
    const Environment environment = Environment().with_dotenv(text, ".env", problems);
    EXPECT_EQ(joined(problems), "");
    EXPECT_GT(environment.all().size(), 120U);
    const Loaded loaded = load_text("", "config.yaml", environment);
    EXPECT_FALSE(loaded.problems.fatal()) << joined(loaded.problems);
    for (const Key& key : all_keys()) {
        const Variable* const variable = environment.find(key.variable);
        if (variable == nullptr || key.path.find("semantic") != std::string_view::npos) continue;
        if (key.path.starts_with("cache.response.simple.")) continue;
        EXPECT_EQ(value_text(key, loaded.settings), default_text(key)) << key.variable;
    }
}

}  // namespace
}  // namespace gomodel::config
