// Tools and the choice between them.
#include <gtest/gtest.h>

#include "json_compare.hpp"
#include "request.hpp"

namespace anthropic {
namespace {

constexpr const char* kTools = R"("tools":[{"type":"function","function":{"name":"f"}}])";

std::string with_tool(const std::string& tool, const char* member = "tools") {
    return sent(member, "\"tools\":[" + tool + "]");
}

TEST(Tools, AreDescribed) {
    const struct {
        const char* function;
        const char* rest;
    } cases[] = {
        {"", R"("input_schema":{"type":"object","properties":{}})"},
        {R"(,"parameters":null)", R"("input_schema":{"type":"object","properties":{}})"},
        {R"(,"description":"d","strict":true,"parameters":{"type":"object","x":1.0e2})",
         R"("description":"d","input_schema":{"type":"object","x":1.0e2})"},
        {R"(,"parameters":{"properties":{"a":{}}})",
         R"("input_schema":{"type":"object","properties":{"a":{}}})"},
        {R"(,"parameters":{})", R"("input_schema":{"type":"object"})"},
        {R"(,"cache_control":{"type":"ephemeral"})",
         R"("input_schema":{"type":"object","properties":{}},"cache_control":{"type":"ephemeral"})"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(with_tool(R"({"type":"function","function":{"name":"f")" +
                            std::string(each.function) + "}}"),
                  R"([{"name":"f",)" + std::string(each.rest) + "}]")
            << each.function;
    }
    EXPECT_EQ(sent("tools", R"("tools":[])"), "");
    EXPECT_EQ(sent("tools", R"("tools":null)"), "");
}

TEST(Tools, EveryChoice) {
    const struct {
        const char* given;
        const char* choice;
    } cases[] = {
        {"", ""},
        {R"("tool_choice":null)", ""},
        {R"("tool_choice":"")", R"({"type":"auto"})"},
        {R"("tool_choice":"auto")", R"({"type":"auto"})"},
        {R"("tool_choice":{"type":"auto"})", R"({"type":"auto"})"},
        {R"("tool_choice":"required")", R"({"type":"any"})"},
        {R"("tool_choice":{"type":"any"})", R"({"type":"any"})"},
        {R"("tool_choice":{"type":"function","function":{"name":"f"}})",
         R"({"type":"tool","name":"f"})"},
        {R"("tool_choice":{"type":"tool","name":"f"})", R"({"type":"tool","name":"f"})"},
        {R"("parallel_tool_calls":true)", ""},
        {R"("parallel_tool_calls":false)", R"({"type":"auto","disable_parallel_tool_use":true})"},
        {R"("tool_choice":"required","parallel_tool_calls":false)",
         R"({"type":"any","disable_parallel_tool_use":true})"},
    };
    for (const auto& each : cases) {
        const std::string given =
            *each.given == 0 ? kTools : kTools + std::string(",") + each.given;
        EXPECT_EQ(sent("tool_choice", given), each.choice) << each.given;
        EXPECT_NE(sent("tools", given), "") << each.given;
    }
}

// The API wants tools named that the conversation has calls of.
TEST(Tools, NoneTakesThemAwayUnlessTheyWereCalled) {
    for (const char* const none : {R"("none")", R"({"type":"none"})"}) {
        const std::string given =
            kTools + std::string(R"(,"parallel_tool_calls":false,"tool_choice":)") + none;
        EXPECT_EQ(sent("tools", given), "");
        EXPECT_EQ(sent("tool_choice", given), "");
        const std::string body =
            translate(given + R"(,"messages":[{"role":"assistant","tool_calls":[)"
                              R"({"id":"a","function":{"name":"f"}}]},)"
                              R"({"role":"tool","tool_call_id":"a","content":"x"}])");
        const gomodel::json::Tree tree(body);
        EXPECT_EQ(tree.root()["tool_choice"].raw(), R"({"type":"none"})");
        EXPECT_EQ(tree.root()["tools"].size(), 1u);
    }
}

TEST(Tools, WhatWillNotDoIsNamed) {
    const struct {
        std::string given;
        const char* begins;
    } cases[] = {
        {R"("tools":7)", "tools: "},
        {R"("tools":[{"type":"custom","custom":{"name":"x"}}])", "tools[0].type: "},
        {R"("tools":[{"type":"web_search_20250305","name":"x"}])", "tools[0].type: "},
        {R"("tools":[{"type":"function"}])", "tools[0].function: "},
        {R"("tools":[{"type":"function","function":{"name":""}}])", "tools[0].function.name: "},
        {R"("tools":[{"type":"function","function":{"name":"f","parameters":[]}}])",
         "tools[0].function.parameters: "},
        {R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"array"}}}])",
         "tools[0].function.parameters.type: "},
        {kTools + std::string(R"(,"tool_choice":"maybe")"), "tool_choice: "},
        {kTools + std::string(R"(,"tool_choice":7)"), "tool_choice: "},
        {kTools + std::string(R"(,"tool_choice":{"type":"function"})"),
         "tool_choice.function.name: "},
        {R"("tool_choice":"auto")", "tool_choice: "},
        {R"("tool_choice":"required")", "tool_choice: "},
    };
    for (const auto& each : cases) {
        const std::string told = refusal(each.given + "," + std::string(kHello));
        EXPECT_EQ(told.rfind(each.begins, 0), 0u) << each.given << ": " << told;
    }
    EXPECT_EQ(refusal(R"("tool_choice":"none",)" + std::string(kHello)), "");
}

}  // namespace
}  // namespace anthropic
