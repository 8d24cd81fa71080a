// How much a model is told to think, and what gives way to it.
#include <gtest/gtest.h>

#include "anthropic/model_name.hpp"
#include "json_compare.hpp"
#include "request.hpp"

namespace anthropic {
namespace {

std::string enabled(int budget) {
    return R"({"type":"enabled","budget_tokens":)" + std::to_string(budget) + "}";
}

TEST(Thinking, BudgetsOfModelsBefore46) {
    const struct {
        const char* model;
        const char* effort;
        int budget;
    } cases[] = {
        {"claude-sonnet-4-5", "low", 5000},         {"claude-sonnet-4-5", "minimal", 5000},
        {"claude-sonnet-4-5", " Medium ", 10000},   {"claude-sonnet-4-5", "high", 20000},
        {"claude-sonnet-4-5", "xhigh", 62976},      {"claude-sonnet-4-5", "max", 62976},
        {"claude-opus-4-1-20250805", "max", 30976}, {"claude-opus-4-20250514", "max", 30976},
        {"claude-opus-4-5", "max", 62976},          {"claude-3-7-sonnet-20250219", "low", 5000},
        {"some-other-model", "high", 20000},        {"claude-sonnet-4-5", "whatever", 5000},
    };
    for (const auto& each : cases) {
        const std::string given = R"("reasoning_effort":")" + std::string(each.effort) + "\"";
        EXPECT_EQ(sent("thinking", given, each.model), enabled(each.budget))
            << each.model << " " << each.effort;
        EXPECT_EQ(sent("max_tokens", given, each.model), std::to_string(each.budget + 1024));
        EXPECT_EQ(sent("output_config", given, each.model), "");
    }
}

TEST(Thinking, EffortsOfModelsSince46) {
    const struct {
        const char* model;
        const char* effort;
        const char* sent;
    } cases[] = {
        {"claude-opus-4-6", "low", "low"},
        {"claude-opus-4-6", "minimal", "low"},
        {"claude-opus-4-6", "xhigh", "max"},
        {"claude-opus-4-6", "max", "max"},
        {"claude-sonnet-4-6", "max", "high"},
        {"claude-sonnet-4-6-20260217", "high", "high"},
        {"claude-opus-4-7", "xhigh", "xhigh"},
        {"claude-opus-5", "max", "max"},
        {"anthropic/claude-sonnet-5", "xhigh", "xhigh"},
        {"claude-mythos-preview", "low", "low"},
    };
    for (const auto& each : cases) {
        const std::string given = R"("reasoning":{"effort":")" + std::string(each.effort) + "\"}";
        EXPECT_EQ(sent("output_config", given, each.model),
                  R"({"effort":")" + std::string(each.sent) + "\"}")
            << each.model << " " << each.effort;
        const std::string thinking = sent("thinking", given, each.model);
        EXPECT_EQ(thinking.rfind(R"({"type":"adaptive")", 0), 0u) << thinking;
        EXPECT_EQ(sent("max_tokens", given, each.model), "4096");
    }
}

TEST(Thinking, NewerModelsAreAskedToShowIt) {
    const char* const effort = R"("reasoning":{"effort":"low"})";
    EXPECT_EQ(sent("thinking", effort, "claude-opus-4-6"), R"({"type":"adaptive"})");
    EXPECT_EQ(sent("thinking", effort, "claude-opus-4-7"),
              R"({"type":"adaptive","display":"summarized"})");
    EXPECT_EQ(sent("thinking", R"("reasoning":{"effort":"low","exclude":true})", "claude-opus-4-7"),
              R"({"type":"adaptive"})");
}

TEST(Thinking, NoneIsToldWhereItCanBe) {
    const char* const none = R"("reasoning_effort":"none")";
    EXPECT_EQ(sent("thinking", none), R"({"type":"disabled"})");
    EXPECT_EQ(sent("thinking", R"("reasoning":{"enabled":false})"), R"({"type":"disabled"})");
    EXPECT_EQ(sent("thinking", none, "claude-mythos-preview"), "");
    EXPECT_EQ(sent("thinking", none, "claude-3-5-haiku-20241022"), "");
    EXPECT_EQ(sent("thinking", ""), "");
    EXPECT_EQ(sent("thinking", R"("reasoning_effort":null)"), "");
}

TEST(Thinking, ABudgetOfTheClientsOwn) {
    EXPECT_EQ(sent("thinking", R"("reasoning":{"max_tokens":2000})"), enabled(2000));
    EXPECT_EQ(sent("thinking", R"("reasoning":{"max_tokens":5})"), enabled(1024));
    EXPECT_EQ(sent("thinking", R"("reasoning":{"enabled":true})"), enabled(10000));
    EXPECT_EQ(sent("thinking", R"("thinking":{"type":"enabled","budget_tokens":3000})"),
              enabled(3000));
    EXPECT_EQ(sent("max_tokens", R"("thinking":{"type":"enabled","budget_tokens":9000})"), "10024");
    EXPECT_EQ(sent("max_tokens", R"("max_tokens":9001,"reasoning":{"max_tokens":9000})"), "9001");
    EXPECT_EQ(sent("max_tokens", R"("max_tokens":9000,"reasoning":{"max_tokens":9000})"), "10024");
}

TEST(Thinking, SamplingGivesWay) {
    const std::string low = R"("reasoning_effort":"low",)";
    EXPECT_EQ(sent("temperature", low + R"("temperature":0.3)"), "");
    EXPECT_EQ(sent("temperature", low + R"("temperature":1.0)"), "1.0");
    EXPECT_EQ(sent("top_p", low + R"("top_p":0.5)"), "");
    EXPECT_EQ(sent("top_p", low + R"("top_p":0.95)"), "0.95");
    EXPECT_EQ(sent("top_k", low + R"("top_k":5)"), "");
    EXPECT_EQ(sent("temperature", R"("reasoning_effort":"none","temperature":0.3)"), "0.3");
}

TEST(Thinking, AForcedToolGoesFirst) {
    const std::string tools = R"("tools":[{"type":"function","function":{"name":"f"}}],)";
    const std::string low = R"("reasoning_effort":"low")";
    EXPECT_EQ(sent("thinking", tools + R"("tool_choice":"required",)" + low), "");
    EXPECT_EQ(sent("max_tokens", tools + R"("tool_choice":"required",)" + low), "4096");
    EXPECT_EQ(sent("thinking", tools + R"("tool_choice":"auto",)" + low), enabled(5000));
    EXPECT_EQ(
        sent("output_config", tools + R"("tool_choice":"required",)" + low, "claude-opus-4-6"),
        R"({"effort":"low"})");
}

// The API refuses a turn that goes on after tool calls without the thinking that led to them.
TEST(Thinking, IsLeftOutWhenATurnLostItsOwn) {
    const auto thinking = [](std::string_view model, std::string_view extra,
                             std::string_view after) {
        const std::string body = translate(
            R"("reasoning_effort":"low","messages":[{"role":"user","content":"q"},)"
            R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"}}])" +
                std::string(extra) + R"(},{"role":"tool","tool_call_id":"a","content":"x"})" +
                std::string(after) + "]",
            model);
        const gomodel::json::Tree tree(body);
        return std::string(tree.root()["thinking"]["type"].text());
    };
    const char* const kept =
        R"(,"thinking_blocks":[{"type":"thinking","thinking":"t","signature":"s"}])";
    const char* const unsigned_one = R"(,"thinking_blocks":[{"type":"thinking","thinking":"t"}])";
    EXPECT_EQ(thinking("claude-sonnet-4-5", "", ""), "");
    EXPECT_EQ(thinking("claude-sonnet-4-5", unsigned_one, ""), "");
    EXPECT_EQ(thinking("claude-sonnet-4-5", kept, ""), "enabled");
    EXPECT_EQ(thinking("claude-sonnet-4-5", "", R"(,{"role":"user","content":"and?"})"), "enabled");
    EXPECT_EQ(thinking("claude-opus-4-6", "", ""), "adaptive");
}

}  // namespace
}  // namespace anthropic
