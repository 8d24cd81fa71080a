#include "config/provider_entries.hpp"

#include <Poco/JSON/Stringifier.h>

#include "load.hpp"

namespace gomodel::config {
namespace {

std::string json_of(const Poco::Dynamic::Var& value) {
    std::ostringstream text;
    Poco::JSON::Stringifier::stringify(value, text);
    return text.str();
}

const ProviderInstance& only(const Loaded& loaded) {
    EXPECT_EQ(loaded.settings.providers.size(), 1U);
    return loaded.settings.providers.at(0);
}

TEST(ProviderEntries, OptionsKeepTheirYamlTypes) {
    const Loaded loaded = load_yaml(
        "providers:\n"
        "  acme:\n"
        "    type: acme\n"
        "    api_key: 12345\n"
        "    base_url: https://x/v1/\n"
        "    api_version: 2024-10-21\n"
        "    a_int: 42\n"
        "    b_float: 1.5\n"
        "    c_bool: true\n"
        "    d_text: \"42\"\n"
        "    e_list: [1, two, false]\n"
        "    f_map: {deep: {x: -1e3}, none: null}\n"
        "    g_zero: 007\n"
        "    h_yes: yes\n"
        "    i_null:\n"
        "    j_env: ${N:-30}\n"
        "    k_tag: !!str 5\n"
        "    l_date: 2024-10-21\n"
        "    m_big: 99999999999999999999\n");
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_EQ(json_of(only(loaded).options),
              R"({"a_int":42,"api_key":"12345","api_version":"2024-10-21","b_float":1.5,)"
              R"("base_url":"https://x/v1/","c_bool":true,"d_text":"42",)"
              R"("e_list":[1,"two",false],"f_map":{"deep":{"x":-1000},"none":null},)"
              R"("g_zero":"007","h_yes":"yes","j_env":30,"k_tag":"5","l_date":"2024-10-21",)"
              R"("m_big":1e+20})");
    EXPECT_EQ(only(loaded).where, "config.yaml:2");
    EXPECT_EQ(loaded.where(only(loaded), "base_url"), "config.yaml:5");
    EXPECT_EQ(loaded.where(only(loaded), "f_map.deep.x"), "config.yaml:12");
    EXPECT_EQ(loaded.where(only(loaded), "e_list[1]"), "config.yaml:11");
    EXPECT_EQ(loaded.where(only(loaded), "not_there"), "config.yaml:2");
}

TEST(ProviderEntries, HostLevelMembersAreNotOptions) {
    const Loaded loaded = load_yaml(
        "providers: {a: {type: t, models: [m], resilience: {retry: {max_retries: 1}}, x: 1}}");
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_EQ(json_of(only(loaded).options), R"({"x":1})");
    EXPECT_EQ(only(loaded).type, "t");
}

TEST(ProviderEntries, ModelsAreIdsOrIdsWithMetadata) {
    const Loaded loaded = load_yaml(
        "providers:\n"
        "  a:\n"
        "    type: t\n"
        "    models:\n"
        "      - ' m1 '\n"
        "      - id: m2\n"
        "        metadata:\n"
        "          display_name: M2\n"
        "          family: 3\n"
        "          modes: [chat]\n"
        "          context_window: 1000\n"
        "          capabilities: {tools: yes, vision: false}\n"
        "          rankings: {arena: {elo: 1200.5, rank: 3, as_of: 2025-01-01}}\n"
        "          pricing: {currency: USD, input_per_mtok: 0, tiers: [{up_to_mtok: 1, "
        "input_per_mtok: 2}]}\n"
        "      - m1\n"
        "      - {id: m3}\n"
        "      - 4\n");
    EXPECT_EQ(joined(loaded.problems), "");
    const auto& models = only(loaded).models;
    ASSERT_EQ(models.size(), 4U) << "the second m1 is dropped";
    EXPECT_EQ(models[0].id, "m1");
    EXPECT_TRUE(models[0].metadata.isNull());
    EXPECT_EQ(models[1].id, "m2");
    EXPECT_EQ(models[1].where, "config.yaml:6");
    EXPECT_EQ(json_of(models[1].metadata),
              R"({"capabilities":{"tools":true,"vision":false},"context_window":1000,)"
              R"("display_name":"M2","family":"3","modes":["chat"],)"
              R"("pricing":{"currency":"USD","input_per_mtok":0,)"
              R"("tiers":[{"input_per_mtok":2,"up_to_mtok":1}]},)"
              R"("rankings":{"arena":{"as_of":"2025-01-01","elo":1200.5,"rank":3}}})");
    EXPECT_EQ(models[2].id, "m3");
    EXPECT_EQ(models[3].id, "4");
}

TEST(ProviderEntries, FaultsInModelsNameTheLine) {
    const std::pair<const char*, const char*> cases[] = {
        {"text", "providers.a.models: expected a list of models"},
        {"['']", "providers.a.models[0]: expected a model's id or {id, metadata}"},
        {"[' ']", "providers.a.models[0]: expected a model's id or {id, metadata}"},
        {"[null]", "providers.a.models[0]: expected a model's id or {id, metadata}"},
        {"[[m]]", "providers.a.models[0]: expected a model's id or {id, metadata}"},
        {"[{metadata: {}}]", "providers.a.models[0]: expected a model's id or {id, metadata}"},
        {"[{id: ' '}]", "providers.a.models[0]: expected a model's id or {id, metadata}"},
        {"[{id: m, metadata: 5}]", "providers.a.models[0].metadata: expected a mapping"},
        {"[{id: m, metadata: {context_window: big}}]",
         "providers.a.models[0].metadata.context_window: expected a whole number"},
        {"[{id: m, metadata: {modes: chat}}]",
         "providers.a.models[0].metadata.modes: expected a list"},
        {"[{id: m, metadata: {tags: [[x]]}}]",
         "providers.a.models[0].metadata.tags[0]: expected a text"},
        {"[{id: m, metadata: {capabilities: [x]}}]",
         "providers.a.models[0].metadata.capabilities: expected a mapping"},
        {"[{id: m, metadata: {capabilities: {x: maybe}}}]",
         "providers.a.models[0].metadata.capabilities.x: expected true or false"},
        {"[{id: m, metadata: {pricing: {per_image: free}}}]",
         "providers.a.models[0].metadata.pricing.per_image: expected a number"},
        {"[{id: m, metadata: {pricing: {tiers: [5]}}}]",
         "providers.a.models[0].metadata.pricing.tiers[0]: expected a mapping"},
        {"[{id: m, metadata: {rankings: {x: 5}}}]",
         "providers.a.models[0].metadata.rankings.x: expected a mapping"},
    };
    for (const auto& [models, problem] : cases) {
        const Loaded loaded =
            load_yaml("providers:\n  a:\n    type: t\n    models: " + std::string(models) + "\n");
        EXPECT_EQ(joined(loaded.problems), "error config.yaml:4: " + std::string(problem) + "\n");
    }
}

TEST(ProviderEntries, UnknownMetadataIsAWarning) {
    const Loaded loaded =
        load_yaml("providers: {a: {type: t, models: [{id: m, meta: {}, metadata: {pricng: {}}}]}}");
    EXPECT_EQ(joined(loaded.problems),
              "warning config.yaml:1: providers.a.models[0].meta: unknown key, ignored\n"
              "warning config.yaml:1: providers.a.models[0].metadata.pricng: unknown key, ignored; "
              "did you mean pricing?\n");
}

TEST(ProviderEntries, FaultsNameTheLine) {
    const std::pair<const char*, const char*> cases[] = {
        {"5", "error config.yaml:1: providers: expected a mapping of name to provider\n"},
        {"\n  a: 5\n",
         "error config.yaml:2: providers.a: expected a mapping with type, api_key, ...\n"},
        {"\n  '': {type: t}\n", "error config.yaml:2: providers: a provider's name is empty\n"},
        {"\n  a:\n    type: [t]\n", "error config.yaml:3: providers.a.type: expected a text\n"},
        {"\n  a:\n    api_key: {}\n",
         "error config.yaml:3: providers.a.api_key: expected a text\n"},
        {"\n  a:\n    resilience: 5\n",
         "error config.yaml:3: providers.a.resilience: expected a mapping\n"},
        {"\n  a:\n    resilience:\n      retry: {max_retries: x}\n",
         "error config.yaml:4: providers.a.resilience.retry.max_retries: expected a whole "
         "number\n"},
        {"\n  a/b: {type: t}\n",
         "warning config.yaml:2: providers.a/b: a provider whose name has a slash cannot be named "
         "in a request\n"},
    };
    for (const auto& [yaml, problem] : cases) {
        EXPECT_EQ(joined(load_yaml("providers: " + std::string(yaml)).problems), problem) << yaml;
    }
}

TEST(ProviderEntries, AnEntryWithoutMembersIsKept) {
    const Loaded loaded = load_yaml("providers:\n  a:\n");
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_EQ(only(loaded).type, "");
}

}  // namespace
}  // namespace gomodel::config
