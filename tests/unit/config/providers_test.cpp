#include "config/providers.hpp"

#include <chrono>

#include "load.hpp"

namespace gomodel::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<ProviderType>& types() {
    static const std::vector<ProviderType> kTypes = {
        {"openai", "https://api.openai.com/v1"},
        {"openrouter",
         "https://openrouter.ai/api/v1",
         false,
         false,
         false,
         {{"OPENROUTER_SITE_URL", "site_url"}, {"OPENROUTER_APP_NAME", "app_name"}}},
        {"anthropic",
         "https://api.anthropic.com/v1",
         false,
         false,
         false,
         {{"ANTHROPIC_DEFAULT_MAX_TOKENS", "default_max_tokens"}}},
        {"azure", "", true, false, true},
        {"oracle", "", true},
        {"ollama", "http://localhost:11434/v1", false, true},
        {"vllm", "http://localhost:8000/v1", false, true},
        {"my.own--type", "https://own/", false, false},
    };
    return kTypes;
}

struct Found {
    Loaded loaded;
    Discovered discovered;

    // "name type=t url=u key=k version=v models=a,b" of each instance.
    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        for (const ProviderInstance& p : discovered.instances) {
            std::string line = p.name + ' ' + p.type + ' ' + p.option("base_url");
            if (!p.option("api_key").empty()) line += " key=" + p.option("api_key");
            if (!p.option("api_version").empty()) line += " version=" + p.option("api_version");
            for (const ConfiguredModel& model : p.models) {
                line += " model=" + model.id;
            }
            lines.push_back(line);
        }
        return lines;
    }
    const ProviderInstance& at(std::size_t index) const { return discovered.instances.at(index); }
};

Found find(std::string_view yaml, const Variables& variables = {}) {
    Found found{load_yaml(yaml, variables), {}};
    EXPECT_FALSE(found.loaded.problems.fatal()) << joined(found.loaded.problems);
    found.discovered = discover(found.loaded.settings, found.loaded.environment, types());
    return found;
}

TEST(VariablePrefix, IsUpperCaseWithSingleUnderscores) {
    EXPECT_EQ(variable_prefix("openai"), "OPENAI");
    EXPECT_EQ(variable_prefix("my.own--type"), "MY_OWN_TYPE");
    EXPECT_EQ(variable_prefix("-x1-"), "X1");
}

TEST(Discovery, TypeDescriptorsDecide) {
    struct Case {
        Variables variables;
        std::vector<std::string> lines;
    };
    const Case cases[] = {
        {{{"OPENAI_API_KEY", "k"}}, {"openai openai https://api.openai.com/v1 key=k"}},
        {{{"OPENAI_API_KEY", "k"}, {"OPENAI_BASE_URL", "http://x/v1/"}},
         {"openai openai http://x/v1 key=k"}},
        {{{"AZURE_API_KEY", "k"}, {"AZURE_BASE_URL", "https://a"}},
         {"azure azure https://a key=k"}},
        {{{"AZURE_API_KEY", "k"}, {"AZURE_BASE_URL", "https://a"}, {"AZURE_API_VERSION", "v"}},
         {"azure azure https://a key=k version=v"}},
        {{{"ORACLE_API_KEY", "k"}, {"ORACLE_BASE_URL", "https://o//"}},
         {"oracle oracle https://o key=k"}},
        {{{"OLLAMA_BASE_URL", "http://h:1/v1"}}, {"ollama ollama http://h:1/v1"}},
        {{{"VLLM_MODELS", "a, b,,a"}}, {"vllm vllm http://localhost:8000/v1 model=a model=b"}},
        {{{"VLLM_API_KEY", "k"}}, {"vllm vllm http://localhost:8000/v1 key=k"}},
        {{{"MY_OWN_TYPE_API_KEY", "k"}}, {"my.own--type my.own--type https://own key=k"}},
        {{{"MY_OWN_TYPE_X_API_KEY", "k"}}, {"my.own--type-x my.own--type https://own key=k"}},
    };
    for (const Case& c : cases) {
        const Found found = find("", c.variables);
        EXPECT_EQ(found.lines(), c.lines);
        EXPECT_EQ(joined(found.discovered.problems), "");
    }
}

TEST(Discovery, SuffixesNameInstances) {
    const std::pair<const char*, const char*> cases[] = {
        {"VLLM_TEST_BASE_URL", "vllm-test"},
        {"VLLM_EU_WEST_BASE_URL", "vllm-eu-west"},
        {"VLLM_2_BASE_URL", "vllm-2"},
        {"VLLM_MODELS_BASE_URL", "vllm-models"},
        {"VLLM_API_KEY_BASE_URL", "vllm-api-key"},
        {"VLLM_East_BASE_URL", "vllm-east"},
    };
    for (const auto& [variable, name] : cases) {
        const Found found = find("", {{variable, "http://x"}});
        ASSERT_EQ(found.discovered.instances.size(), 1U) << variable;
        EXPECT_EQ(found.at(0).name, name);
        EXPECT_EQ(found.at(0).where, variable);
        EXPECT_EQ(found.loaded.where(found.at(0), "base_url"), variable);
    }
    const Found azure = find("", {{"AZURE_EU_WEST_API_VERSION", "v"},
                                  {"AZURE_EU_WEST_API_KEY", "k"},
                                  {"AZURE_EU_WEST_BASE_URL", "https://a"}});
    EXPECT_THAT(azure.lines(), ElementsAre("azure-eu-west azure https://a key=k version=v"));
}

TEST(Discovery, OtherVariablesAreIgnored) {
    const Found found = find("", {{"OPENAI_API_VERSION", "x"},
                                  {"OPENAI_X_API_VERSION", "x"},
                                  {"OPENAI__API_KEY", "x"},
                                  {"OPENAI_A__B_API_KEY", "x"},
                                  {"OPENAI__A_API_KEY", "x"},
                                  {"OPENAI_A-B_API_KEY", "x"},
                                  {"OPENAI_API_KEY_FILE", "x"},
                                  {"OPENAI_KEY", "x"},
                                  {"OPENAIAPI_KEY", "x"},
                                  {"openai_API_KEY", "x"},
                                  {"OPENAI_API_KEY", ""},
                                  {"XOPENAI_API_KEY", "x"},
                                  {"OPENROUTER_SITE_URL", "x"},
                                  {"ANTHROPIC_DEFAULT_MAX_TOKENS", "5"},
                                  {"VLLM_MODELS", " , "},
                                  {"VLLM_A_BASE_URL", "${HOST}"}});
    EXPECT_THAT(found.lines(), IsEmpty());
    EXPECT_EQ(joined(found.discovered.problems), "");
}

TEST(Discovery, InstancesAreSortedBytewise) {
    const Found found = find(
        "providers:\n"
        "  zeta: {type: openai, api_key: k}\n"
        "  Alpha: {type: openai, api_key: k}\n"
        "  beta: {type: openai, api_key: k}\n",
        {{"VLLM_MODELS", "m"}, {"OPENAI_B_API_KEY", "k"}, {"OPENAI_A_API_KEY", "k"}});
    std::vector<std::string> names;
    for (const ProviderInstance& instance : found.discovered.instances) {
        names.push_back(instance.name);
    }
    EXPECT_THAT(names, ElementsAre("Alpha", "beta", "openai-a", "openai-b", "vllm", "zeta"));
}

TEST(Discovery, UnsuffixedOverlaysTheEntryOfItsName) {
    const Found found = find(
        "providers:\n"
        "  openai: {type: openai, api_key: yaml, base_url: http://yaml, models: [y], extra: 1}\n"
        "  other: {type: openai, api_key: other}\n",
        {{"OPENAI_API_KEY", "env"}, {"OPENAI_MODELS", "e"}});
    EXPECT_THAT(found.lines(), ElementsAre("openai openai http://yaml key=env model=e",
                                           "other openai https://api.openai.com/v1 key=other"));
    EXPECT_EQ(found.at(0).where, "config.yaml:2");
    EXPECT_EQ(found.loaded.where(found.at(0), "api_key"), "OPENAI_API_KEY");
    EXPECT_EQ(found.loaded.where(found.at(0), "base_url"), "config.yaml:2");
    EXPECT_EQ(found.at(0).options->getValue<int>("extra"), 1);
    EXPECT_EQ(found.loaded.settings.providers[0].option("api_key"), "yaml")
        << "the settings stay as they were read";
}

TEST(Discovery, UnsuffixedOverlaysTheOnlyEntryOfItsType) {
    const Found found =
        find("providers: {main: {type: openai, api_key: yaml}}", {{"OPENAI_API_KEY", "env"}});
    EXPECT_THAT(found.lines(), ElementsAre("main openai https://api.openai.com/v1 key=env"));
}

TEST(Discovery, UnsuffixedIsIgnoredBesideSeveralEntriesOfOtherNames) {
    const char* const yaml =
        "providers:\n  a: {type: openai, api_key: ka}\n  b: {type: openai, api_key: '${KB}'}\n";
    const Found found = find(yaml, {{"OPENAI_API_KEY", "env"}, {"KB", "kb"}});
    EXPECT_THAT(found.lines(), ElementsAre("a openai https://api.openai.com/v1 key=ka",
                                           "b openai https://api.openai.com/v1 key=kb"));
    EXPECT_EQ(joined(found.discovered.problems),
              "warning environment: OPENAI_API_KEY: is ignored: config.yaml has several providers "
              "of type openai and none of that name\n");
    // Used by the file itself: nothing to warn of.
    const Found used = find(yaml, {{"OPENAI_API_KEY", "kb"}, {"KB", "kb"}});
    EXPECT_EQ(joined(used.discovered.problems), "");
}

TEST(Discovery, UnsuffixedDoesNotOverwriteAnEntryOfAnotherType) {
    const Found found = find("\nproviders:\n  openai: {type: vllm, base_url: http://mine}\n",
                             {{"OPENAI_API_KEY", "env"}});
    EXPECT_THAT(found.lines(), ElementsAre("openai vllm http://mine"));
    EXPECT_EQ(joined(found.discovered.problems),
              "warning environment: OPENAI_API_KEY: is ignored: the provider openai at "
              "config.yaml:3 is not of type openai\n");
}

TEST(Discovery, SuffixedOverlaysOnlyTheSameType) {
    const Found same = find("providers: {openai-east: {type: openai, api_key: yaml}}",
                            {{"OPENAI_EAST_API_KEY", "env"}});
    EXPECT_THAT(same.lines(), ElementsAre("openai-east openai https://api.openai.com/v1 key=env"));
    const Found other =
        find("providers: {openai-east: {type: vllm}}", {{"OPENAI_EAST_API_KEY", "env"}});
    EXPECT_THAT(other.lines(), ElementsAre("openai-east vllm http://localhost:8000/v1"));
    EXPECT_EQ(joined(other.discovered.problems),
              "warning environment: OPENAI_EAST_API_KEY: is ignored: the provider openai-east at "
              "config.yaml:1 is not of type openai\n");
}

TEST(Discovery, EnvironmentModelsDiscardMetadata) {
    const Found found =
        find("providers: {vllm: {type: vllm, models: [{id: a, metadata: {family: f}}]}}",
             {{"VLLM_MODELS", "a,b"}});
    ASSERT_EQ(found.at(0).models.size(), 2U);
    EXPECT_TRUE(found.at(0).models[0].metadata.isNull());
    EXPECT_EQ(found.at(0).models[0].where, "VLLM_MODELS");
}

TEST(Discovery, AKeyReplacesAnUnresolvedBaseUrlByTheDefault) {
    const char* const yaml =
        "providers: {openai: {type: openai, api_key: '${K}', base_url: '${U}'}}";
    EXPECT_THAT(find(yaml, {{"OPENAI_API_KEY", "k"}}).lines(),
                ElementsAre("openai openai https://api.openai.com/v1 key=k"));
    EXPECT_THAT(find(yaml, {{"OPENAI_API_KEY", "k"}, {"OPENAI_BASE_URL", "${X}"}}).lines(),
                ElementsAre("openai openai https://api.openai.com/v1 key=k"))
        << "an unresolved base URL from the environment counts as empty";
    EXPECT_THAT(find(yaml, {{"OPENAI_API_KEY", "k"}, {"U", "http://u"}}).lines(),
                ElementsAre("openai openai http://u key=k"));
}

struct DropCase {
    const char* yaml;
    Variables variables;
    const char* problem;
};

TEST(Discovery, EveryDroppedProviderIsReportedWithItsReason) {
    const DropCase cases[] = {
        {"providers:\n  az: {type: azure, api_key: hunter2}\n",
         {},
         "warning config.yaml:2: providers.az: the provider is not used: its type needs a "
         "base_url\n"},
        {"providers:\n  az: {type: azure, api_key: hunter2, base_url: ' '}\n",
         {},
         "warning config.yaml:2: providers.az: the provider is not used: its type needs a "
         "base_url\n"},
        {"providers:\n  a: {type: openai}\n",
         {},
         "warning config.yaml:2: providers.a: the provider is not used: it has no api_key\n"},
        {"providers:\n  a: {type: openai, api_key: ''}\n",
         {},
         "warning config.yaml:2: providers.a: the provider is not used: it has no api_key\n"},
        {"providers:\n  openai: {type: openai}\n",
         {},
         "warning config.yaml:2: providers.openai: the provider is not used: it has no api_key; "
         "OPENAI_API_KEY sets it\n"},
        {"providers:\n  a: {type: openai, api_key: 'hunter2${NOPE}'}\n",
         {},
         "warning config.yaml:2: providers.a: the provider is not used: its api_key holds a "
         "${...} that is not resolved\n"},
        {"providers:\n  a: {type: openai, api_key: hunter2, base_url: 'http://${NOPE}/v1'}\n",
         {},
         "warning config.yaml:2: providers.a: the provider is not used: its base_url holds a "
         "${...} that is not resolved\n"},
        {"providers:\n  a: {type: vllm, base_url: '${NOPE}'}\n",
         {},
         "warning config.yaml:2: providers.a: the provider is not used: its base_url holds a "
         "${...} that is not resolved\n"},
        {"providers:\n  a: {type: opnai, api_key: hunter2}\n",
         {},
         "warning config.yaml:2: providers.a: the provider is not used: its type opnai is "
         "unknown; known types: anthropic azure my.own--type ollama openai openrouter oracle "
         "vllm; did you mean openai?\n"},
        {"providers:\n  a: {type: ' openai', api_key: hunter2}\n",
         {},
         "warning config.yaml:2: providers.a: the provider is not used: its type  openai is "
         "unknown; known types: anthropic azure my.own--type ollama openai openrouter oracle "
         "vllm; did you mean openai?\n"},
        {"providers:\n  openai: {api_key: hunter2}\n",
         {},
         "warning config.yaml:2: providers.openai: the provider is not used: it has no type; "
         "known types: anthropic azure my.own--type ollama openai openrouter oracle vllm; did you "
         "mean openai?\n"},
        {"",
         {{"OPENAI_BASE_URL", "http://x"}},
         "warning OPENAI_BASE_URL: providers.openai: the provider is not used: it has no api_key; "
         "OPENAI_API_KEY sets it\n"},
        {"",
         {{"OPENAI_EU_WEST_MODELS", "a"}},
         "warning OPENAI_EU_WEST_MODELS: providers.openai-eu-west: the provider is not used: it "
         "has no api_key; OPENAI_EU_WEST_API_KEY sets it\n"},
        {"",
         {{"AZURE_API_KEY", "hunter2"}},
         "warning environment: AZURE_API_KEY: makes no provider without AZURE_BASE_URL\n"},
        {"",
         {{"OPENAI_API_KEY", "${hunter2}"}},
         "warning OPENAI_API_KEY: providers.openai: the provider is not used: its api_key holds a "
         "${...} that is not resolved\n"},
    };
    for (const DropCase& c : cases) {
        const Found found = find(c.yaml, c.variables);
        EXPECT_THAT(found.lines(), IsEmpty()) << c.yaml;
        EXPECT_EQ(joined(found.discovered.problems), c.problem) << c.yaml;
        EXPECT_EQ(joined(found.discovered.problems).find("hunter2"), std::string::npos);
        EXPECT_FALSE(found.discovered.problems.fatal());
    }
}

TEST(Discovery, AnUnresolvedOptionalKeyIsLeftOut) {
    const Found found = find("providers: {vllm: {type: vllm, api_key: '${NOPE}'}}");
    EXPECT_THAT(found.lines(), ElementsAre("vllm vllm http://localhost:8000/v1"));
    EXPECT_FALSE(found.at(0).options->has("api_key"));
}

TEST(Discovery, BlankCredentialsAreAbsent) {
    const Found found = find(
        "providers: {vllm: {type: vllm, api_key: '', base_url: ' http://x/ ', api_version: "
        "''}}");
    EXPECT_EQ(found.at(0).option("base_url"), "http://x");
    EXPECT_FALSE(found.at(0).options->has("api_key"));
    EXPECT_FALSE(found.at(0).options->has("api_version"));
}

TEST(Discovery, TheLongestPrefixOwnsAVariable) {
    const std::vector<ProviderType> overlapping = {{"acme", "http://acme"},
                                                   {"acme-eu", "http://eu"}};
    const Loaded loaded =
        load_yaml("", {{"ACME_EU_API_KEY", "k"}, {"ACME_US_API_KEY", "k"}, {"ACME_API_KEY", "k"}});
    const Discovered found = discover(loaded.settings, loaded.environment, overlapping);
    ASSERT_EQ(found.instances.size(), 3U);
    EXPECT_EQ(found.instances[0].name, "acme");
    EXPECT_EQ(found.instances[1].name, "acme-eu");
    EXPECT_EQ(found.instances[1].type, "acme-eu");
    EXPECT_EQ(found.instances[2].name, "acme-us");
    EXPECT_EQ(found.instances[2].type, "acme");
}

TEST(Discovery, TypeVariablesFillOptionsTheFileLeavesOut) {
    const Found found = find(
        "providers:\n"
        "  a: {type: openrouter, api_key: k}\n"
        "  b: {type: openrouter, api_key: k, site_url: mine}\n"
        "  c: {type: anthropic, api_key: k}\n",
        {{"OPENROUTER_SITE_URL", "http://site"},
         {"OPENROUTER_APP_NAME", "  "},
         {"ANTHROPIC_DEFAULT_MAX_TOKENS", "512"}});
    EXPECT_EQ(found.at(0).option("site_url"), "http://site");
    EXPECT_FALSE(found.at(0).options->has("app_name"));
    EXPECT_EQ(found.at(1).option("site_url"), "mine");
    EXPECT_EQ(found.at(2).options->getValue<int>("default_max_tokens"), 512);
    EXPECT_EQ(found.loaded.where(found.at(0), "site_url"), "OPENROUTER_SITE_URL");
}

TEST(Discovery, InstancesOfTheEnvironmentHaveTheGlobalResilience) {
    const Found found = find("resilience: {retry: {max_retries: 9}}", {{"OPENAI_API_KEY", "k"}});
    EXPECT_EQ(found.at(0).resilience.retry.max_retries, 9);
}

TEST(Discovery, VariablesOfDotenvAreNamedWithTheirLine) {
    Problems problems;
    const Environment environment =
        Environment(Variables{})
            .with_dotenv("\nOPENAI_API_KEY=k\nAZURE_API_KEY=k\n", ".env", problems);
    const Loaded loaded = load_text("", "config.yaml", environment);
    const Discovered found = discover(loaded.settings, environment, types());
    ASSERT_EQ(found.instances.size(), 1U);
    EXPECT_EQ(found.instances[0].where, "OPENAI_API_KEY in .env:2");
    EXPECT_EQ(joined(found.problems),
              "warning .env:3: AZURE_API_KEY: makes no provider without AZURE_BASE_URL\n");
}

}  // namespace
}  // namespace gomodel::config
