#include "record/cost.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace gomodel::record {
namespace {

using gateway::Pricing;
using plugin::UsageField;

// What the providers that count in ways of their own declare.
const std::vector<UsageField>* declared(std::string_view type) {
    static const std::map<std::string_view, std::vector<UsageField>> kDeclared = [] {
        std::map<std::string_view, std::vector<UsageField>> fields;
        for (const char* name : {"anthropic", "gemini", "groq", "xai"}) {
            std::ifstream file(std::string(GOMODEL_SOURCE_DIR) + "/plugins/providers/" + name +
                               "/schema.json");
            const std::string schema{std::istreambuf_iterator<char>(file),
                                     std::istreambuf_iterator<char>()};
            fields[name] = *plugin::read_schema(schema).value().usage;
        }
        return fields;
    }();
    const auto found = kDeclared.find(type);
    return found == kDeclared.end() ? nullptr : &found->second;
}

Pricing usual() {
    Pricing pricing;
    pricing.input_per_mtok = 10;
    pricing.output_per_mtok = 40;
    pricing.cached_input_per_mtok = 1;
    pricing.cache_write_per_mtok = 12;
    pricing.reasoning_output_per_mtok = 50;
    pricing.audio_input_per_mtok = 100;
    pricing.audio_output_per_mtok = 200;
    pricing.batch_input_per_mtok = 5;
    pricing.batch_output_per_mtok = 20;
    return pricing;
}

Cost priced(std::string_view type, const UsageExtras& extras, const Pricing& pricing,
            std::string_view endpoint = "/v1/chat/completions") {
    return cost_of({declared(type), endpoint, 1'000'000, 500'000, &extras}, pricing);
}

UsageExtras extra(std::string_view name, double count) {
    return {{std::string(name), std::to_string(count), count}};
}

struct Case {
    std::string_view type;
    std::string_view extra;
    double count;
    double input;
    double output;
    std::string_view caveat;
};

// A million tokens in for 10, half a million out for 20; then what each provider's fields change.
constexpr Case kCases[] = {
    {"openai", "cached_tokens", 100'000, 10 - 0.9, 20, ""},
    {"openai", "prompt_cached_tokens", 100'000, 10 - 0.9, 20, ""},
    {"openai", "reasoning_tokens", 100'000, 10, 20 + 1, ""},
    {"openai", "completion_reasoning_tokens", 100'000, 10, 20 + 1, ""},
    {"openai", "prompt_audio_tokens", 100'000, 10 + 9, 20, ""},
    {"openai", "completion_audio_tokens", 100'000, 10, 20 + 16, ""},
    {"openai", "prompt_text_tokens", 100'000, 10, 20, ""},
    {"openai", "completion_accepted_prediction_tokens", 100'000, 10, 20, ""},
    {"openai", "strange_tokens", 5, 10, 20, "unmapped token field: strange_tokens"},
    {"openai", "search_count", 5, 10, 20, "unmapped token field: search_count"},
    {"openai", "queue_time", 5, 10, 20, ""},
    // Compatible ones without a row of their own.
    {"azure", "prompt_cached_tokens", 100'000, 10 - 0.9, 20, ""},
    {"deepseek", "prompt_cached_tokens", 100'000, 10 - 0.9, 20, ""},
    {"openrouter", "completion_reasoning_tokens", 100'000, 10, 20 + 1, ""},
    {"vllm", "prompt_audio_tokens", 100'000, 10 + 9, 20, ""},
    {"anthropic", "cache_read_input_tokens", 100'000, 10 + 0.1, 20, ""},
    {"anthropic", "cache_creation_input_tokens", 100'000, 10 + 1.2, 20, ""},
    {"anthropic", "prompt_cached_tokens", 7, 10, 20, "unmapped token field: prompt_cached_tokens"},
    {"gemini", "cached_tokens", 100'000, 10 - 0.9, 20, ""},
    {"gemini", "thought_tokens", 100'000, 10, 20 + 1, ""},
    {"groq", "prompt_cached_tokens", 100'000, 10 - 0.9, 20, ""},
    {"groq", "completion_reasoning_tokens", 100'000, 10, 20 + 1, ""},
    {"groq", "prompt_audio_tokens", 9, 10, 20, "unmapped token field: prompt_audio_tokens"},
    {"xai", "prompt_cached_tokens", 100'000, 10 - 0.9, 20, ""},
    {"xai", "completion_reasoning_tokens", 100'000, 10, 20 + 5, ""},
    {"xai", "reasoning_tokens", 100'000, 10, 20 + 5, ""},
};

TEST(Cost, EachProvidersFieldsHaveTheirPricing) {
    for (const Case& test : kCases) {
        const Cost cost = priced(test.type, extra(test.extra, test.count), usual());
        const std::string where = std::string(test.type) + ' ' + std::string(test.extra);
        EXPECT_NEAR(cost.input.value_or(-1), test.input, 1e-9) << where;
        EXPECT_NEAR(cost.output.value_or(-1), test.output, 1e-9) << where;
        EXPECT_NEAR(cost.total.value_or(-1), test.input + test.output, 1e-9) << where;
        EXPECT_EQ(cost.caveat, test.caveat) << where;
    }
}

TEST(Cost, TwoNamesOfOneThingAreChargedOnce) {
    UsageExtras extras = extra("cached_tokens", 100'000);
    extras.push_back(extra("prompt_cached_tokens", 100'000)[0]);
    EXPECT_NEAR(*priced("openai", extras, usual()).input, 10 - 0.9, 1e-9);
}

TEST(Cost, UnknownStaysUnknown) {
    const Cost nothing = priced("openai", {}, Pricing());
    EXPECT_FALSE(nothing.input || nothing.output || nothing.total);
    Pricing input_only;
    input_only.input_per_mtok = 10;
    const Cost half = priced("openai", {}, input_only);
    EXPECT_EQ(half.input, 10);
    EXPECT_FALSE(half.output.has_value());
    EXPECT_EQ(half.total, 10);
}

TEST(Cost, FreeIsKnown) {
    Pricing free;
    free.input_per_mtok = 0;
    free.output_per_mtok = 0;
    const Cost cost = priced("openai", {}, free);
    EXPECT_EQ(cost.input, 0);
    EXPECT_EQ(cost.total, 0);
}

TEST(Cost, WithoutARateOfTheirOwnTokensCostWhatTheOthersDo) {
    Pricing plain;
    plain.input_per_mtok = 10;
    plain.output_per_mtok = 40;
    EXPECT_NEAR(*priced("openai", extra("prompt_cached_tokens", 100'000), plain).input, 10, 1e-9);
    EXPECT_NEAR(*priced("anthropic", extra("cache_read_input_tokens", 100'000), plain).input, 11,
                1e-9);
    EXPECT_NEAR(*priced("xai", extra("completion_reasoning_tokens", 100'000), plain).output, 24,
                1e-9);
}

TEST(Cost, BatchesHaveRatesOfTheirOwn) {
    for (const std::string_view endpoint : {"/v1/batches", "/v1/batches/b1/results"}) {
        const Cost cost = priced("openai", {}, usual(), endpoint);
        EXPECT_EQ(cost.input, 5) << endpoint;
        EXPECT_EQ(cost.output, 10) << endpoint;
    }
    EXPECT_EQ(priced("openai", {}, usual(), "/v1/batches2").input, 10);
    Pricing no_batches = usual();
    no_batches.batch_input_per_mtok.reset();
    EXPECT_EQ(priced("openai", {}, no_batches, "/v1/batches").input, 10);
}

TEST(Cost, TiersGoByTheSizeOfThePrompt) {
    Pricing pricing = usual();
    pricing.tiers = {{0.5, 1, 2}, {1, 3, 4}, {std::nullopt, 5, std::nullopt}};
    const auto input_cost = [&](std::int64_t tokens) {
        return *cost_of({nullptr, "/v1/chat/completions", tokens, 1'000'000, nullptr}, pricing)
                    .input;
    };
    EXPECT_NEAR(input_cost(500'000), 0.5, 1e-9);
    EXPECT_NEAR(input_cost(500'001), 1.500003, 1e-9);
    EXPECT_NEAR(input_cost(2'000'000), 10, 1e-9);
    // A tier without a rate leaves the usual one.
    const Cost last =
        cost_of({nullptr, "/v1/chat/completions", 2'000'000, 1'000'000, nullptr}, pricing);
    EXPECT_NEAR(*last.output, 40, 1e-9);
}

TEST(Cost, UnitsHavePricing) {
    Pricing pricing;
    pricing.per_second_input = 0.5;
    pricing.per_second_output = 2;
    pricing.per_character_input = 0.001;
    pricing.per_page = 3;
    pricing.per_image = 7;
    pricing.input_per_image = 0.25;
    struct Unit {
        std::string_view type, name;
        double input, output;
    };
    constexpr double kNone = -1;
    for (const Unit& unit :
         {Unit{"openai", "seconds", 5, kNone}, Unit{"openai", "output_seconds", kNone, 20},
          Unit{"openai", "input_characters", 0.01, kNone},
          Unit{"mistral", "pages_processed", 30, kNone},
          Unit{"openai", "generated_images", kNone, 70}, Unit{"xai", "image_tokens", 2.5, kNone}}) {
        const Cost cost = priced(unit.type, extra(unit.name, 10), pricing);
        EXPECT_NEAR(cost.input.value_or(kNone), unit.input, 1e-9) << unit.name;
        EXPECT_NEAR(cost.output.value_or(kNone), unit.output, 1e-9) << unit.name;
    }
}

TEST(Cost, ARequestMayHaveAPrice) {
    Pricing pricing;
    pricing.per_request = 0.01;
    const Cost cost = priced("openai", {}, pricing);
    EXPECT_FALSE(cost.input.has_value());
    EXPECT_EQ(cost.output, 0.01);
    EXPECT_EQ(cost.total, 0.01);
}

TEST(Cost, CaveatsAreSorted) {
    UsageExtras extras = extra("z_tokens", 1);
    extras.push_back(extra("a_count", 2)[0]);
    extras.push_back(extra("none_tokens", 0)[0]);
    EXPECT_EQ(priced("openai", extras, usual()).caveat,
              "unmapped token field: a_count; unmapped token field: z_tokens");
}

struct Usage {
    std::string_view json;
    bool stream;
    std::string_view expected;  // name=json, a space between
};

TEST(UsageExtras, KeepWhatTheThreeCountsDoNotSay) {
    constexpr Usage kUsages[] = {
        {R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":7})", false, ""},
        {R"({"prompt_tokens":3,"queue":{"a": 1},"cost":0.5,"tier":"x","n":null})", false,
         R"(queue={"a":1} cost=0.5 tier="x" n=null)"},
        {R"({"prompt_tokens":3,"queue":{"a":1},"cost":0.5,"tier":"x","zero":0})", true, "cost=0.5"},
        {R"({"prompt_tokens_details":{"cached_tokens":5,"audio_tokens":0},)"
         R"("completion_tokens_details":{"reasoning_tokens":6,"note":"x"}})",
         false, "prompt_cached_tokens=5 completion_reasoning_tokens=6"},
        {R"({"input_tokens_details":{"cached_tokens":5},"output_tokens_details":)"
         R"({"reasoning_tokens":6}})",
         true, "prompt_cached_tokens=5 completion_reasoning_tokens=6"},
        {R"({"prompt_cached_tokens":9,"prompt_tokens_details":{"cached_tokens":5}})", true,
         "prompt_cached_tokens=9"},
        {R"({"prompt_tokens_details":{"cache_read_input_tokens":5,)"
         R"("cache_creation_input_tokens":2}})",
         true, "cache_read_input_tokens=5 cache_creation_input_tokens=2"},
        {R"({"cache_read_input_tokens":5,"cache_creation_input_tokens":0})", true,
         "cache_read_input_tokens=5"},
        {R"({"prompt_tokens_details":null,"completion_tokens_details":[1]})", false, ""},
        {"", false, ""},
        {"{", false, ""},
        {"[1]", true, ""},
    };
    for (const Usage& usage : kUsages) {
        std::string found;
        for (const UsageExtra& extra : usage_extras(usage.json, usage.stream))
            found += (found.empty() ? "" : " ") + extra.name + '=' + extra.json;
        EXPECT_EQ(found, usage.expected) << usage.json;
    }
}

}  // namespace
}  // namespace gomodel::record
