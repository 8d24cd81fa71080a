// Messages as turns: who says what, calls and their results, thinking sent back.
#include <gtest/gtest.h>

#include "json_compare.hpp"
#include "request.hpp"

namespace anthropic {
namespace {

constexpr const char* kUser = R"({"role":"user","content":"hi"})";

std::string turns(const std::string& messages) {
    return conversation("messages", messages);
}

TEST(Conversation, SystemTextIsGathered) {
    const struct {
        const char* messages;
        const char* system;
    } cases[] = {
        {R"({"role":"system","content":"a"})", R"("a")"},
        {R"({"role":"system","content":"a"},{"role":"developer","content":"b \"c\""})",
         R"("a\n\nb \"c\"")"},
        {R"({"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]})",
         R"("a b")"},
        {R"({"role":"system","content":""})", ""},
        {R"({"role":"system","content":null})", ""},
        {R"({"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":""},)"
         R"({"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]})",
         R"([{"type":"text","text":"a"},)"
         R"({"type":"text","text":"b","cache_control":{"type":"ephemeral"}}])"},
        {R"({"role":"system","content":"a","cache_control":{"type":"ephemeral"}},)"
         R"({"role":"system","content":"b"})",
         R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},)"
         R"({"type":"text","text":"b"}])"},
        {R"({"role":"system","content":[{"type":"text","text":"a","cache_control":null}]})",
         R"("a")"},
    };
    for (const auto& each : cases) {
        const std::string all = std::string(each.messages) + "," + kUser;
        EXPECT_EQ(conversation("system", all), each.system) << each.messages;
        EXPECT_EQ(turns(all), "[" + std::string(kUser) + "]");
    }
}

TEST(Conversation, PlainTurnsStayAsTheyAre) {
    const std::string messages =
        R"({"role":"user","content":"a\u00e9\n"},{"role":"assistant","content":"b"},)"
        R"({"role":"user","content":"c"},{"role":"user","content":"d"})";
    EXPECT_EQ(turns(messages), "[" + messages + "]");
    EXPECT_EQ(turns(R"({"role":"user","name":"Ann","content":[{"type":"text","text":""}]})"),
              R"([{"role":"user","content":""}])");
    EXPECT_EQ(turns(R"({"role":"user","content":null})"), R"([{"role":"user","content":""}])");
    EXPECT_EQ(turns(R"({"role":"assistant","content":null})"),
              R"([{"role":"assistant","content":""}])");
    EXPECT_EQ(turns(R"({"role":"assistant","content":[{"type":"refusal","refusal":"no"}]})"),
              R"([{"role":"assistant","content":[{"type":"text","text":"no"}]}])");
}

TEST(Conversation, MarkersOnAMessageMakeItABlock) {
    EXPECT_EQ(turns(R"({"role":"user","content":"a","cache_control":{"type":"ephemeral"}})"),
              R"([{"role":"user","content":)"
              R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}])");
    EXPECT_EQ(turns(R"({"role":"assistant","content":"a","cache_control":{"type":"ephemeral"}})"),
              R"([{"role":"assistant","content":)"
              R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}])");
}

TEST(Conversation, CallsFollowWhatWasSaid) {
    const struct {
        const char* message;
        const char* content;
    } cases[] = {
        {R"("content":"look","tool_calls":[{"id":"a","type":"function",)"
         R"("function":{"name":"f","arguments":"{\"x\": 1.50}"}}])",
         R"([{"type":"text","text":"look"},{"type":"tool_use","id":"a","name":"f","input":{"x":1.50}}])"},
        {R"("content":" \n","tool_calls":[{"id":"a","function":{"name":"f","arguments":" "}}])",
         R"([{"type":"tool_use","id":"a","name":"f","input":{}}])"},
        {R"("tool_calls":[{"id":"a.b:c","function":{"name":"f","arguments":{"y":[]}}}])",
         R"([{"type":"tool_use","id":"a_b_c","name":"f","input":{"y":[]}}])"},
        {R"("content":[{"type":"text","text":"x"}],"tool_calls":[{"id":"","function":{"name":"f"}}])",
         R"([{"type":"text","text":"x"},{"type":"tool_use","id":"call_0","name":"f","input":{}}])"},
    };
    for (const auto& each : cases) {
        const std::string message = R"({"role":"assistant",)" + std::string(each.message) + "}";
        expect_json(turns(message),
                    R"([{"role":"assistant","content":)" + std::string(each.content) + "}]",
                    each.message);
    }
}

TEST(Conversation, ThinkingGoesBackToWhereItWas) {
    const std::string call = R"(,"tool_calls":[{"id":"a","function":{"name":"f"}}])";
    const std::string text = R"({"type":"text","text":"t"})";
    const std::string use = R"({"type":"tool_use","id":"a","name":"f","input":{}})";
    const auto thought = [](const char* name, const char* index) {
        return R"({"type":"thinking","thinking":")" + std::string(name) + R"(","signature":"s")" +
               index + "}";
    };
    const auto content = [&](const std::string& blocks) {
        return turns(R"({"role":"assistant","content":"t","thinking_blocks":[)" + blocks + "]" +
                     call + "}");
    };
    const auto said = [](const std::string& blocks) {
        return R"([{"role":"assistant","content":[)" + blocks + "]}]";
    };
    const std::string one = thought("1", "");
    const std::string two = thought("2", "");
    expect_json(content(one), said(one + "," + text + "," + use));
    expect_json(content(one + "," + two), said(one + "," + two + "," + text + "," + use));
    expect_json(content(thought("2", R"(,"index":2)") + "," + thought("1", R"(,"index":0)")),
                said(one + "," + text + "," + two + "," + use));
    expect_json(content(thought("1", R"(,"index":9)")), said(text + "," + use + "," + one));
    const std::string redacted = R"({"type":"redacted_thinking","data":"d"})";
    expect_json(content(redacted), said(redacted + "," + text + "," + use));
}

TEST(Conversation, OnlyThinkingThatCanBeCheckedGoesBack) {
    const std::string plain = R"([{"role":"assistant","content":"t"}])";
    for (const char* const block : {
             R"({"type":"thinking","thinking":"x"})",
             R"({"type":"thinking","thinking":"x","signature":""})",
             R"({"type":"redacted_thinking"})",
             R"({"type":"other","signature":"s"})",
             "7",
         }) {
        EXPECT_EQ(turns(R"({"role":"assistant","content":"t","thinking_blocks":[)" +
                        std::string(block) + "]}"),
                  plain)
            << block;
    }
    EXPECT_EQ(turns(R"({"role":"assistant","content":"t","reasoning_content":"x"})"), plain);
}

TEST(Conversation, ReasoningDetailsAreRead) {
    const auto content = [](const char* detail) {
        return turns(R"({"role":"assistant","content":"t","reasoning_details":[)" +
                     std::string(detail) + "]}");
    };
    expect_json(content(R"({"type":"reasoning.text","text":"x","signature":"s","index":0,)"
                        R"("format":"anthropic-claude-v1"})"),
                R"([{"role":"assistant","content":[{"type":"thinking","thinking":"x",)"
                R"("signature":"s"},{"type":"text","text":"t"}]}])");
    expect_json(content(R"({"type":"reasoning.encrypted","data":"d"})"),
                R"([{"role":"assistant","content":[{"type":"redacted_thinking","data":"d"},)"
                R"({"type":"text","text":"t"}]}])");
    EXPECT_EQ(
        content(R"({"type":"reasoning.encrypted","data":"d","format":"openai-responses-v1"})"),
        R"([{"role":"assistant","content":"t"}])");
}

// A user turn that answers the calls a and b.c with these tool messages.
std::string results(const std::string& tools) {
    const std::string calls =
        R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"}},)"
        R"({"id":"b.c","function":{"name":"f"}}]})";
    const std::string all = turns(calls + "," + tools);
    const gomodel::json::Tree tree(all);
    std::string found;
    for (const gomodel::json::Node turn : tree.root()) {
        if (turn["role"].equals("user")) found += turn["content"].raw();
    }
    return found;
}

TEST(Conversation, ResultsThatFollowEachOtherAreOneTurn) {
    EXPECT_EQ(results(R"({"role":"tool","tool_call_id":"a","content":"x"},)"
                      R"({"role":"tool","tool_call_id":"b.c","content":"y"})"),
              R"([{"type":"tool_result","tool_use_id":"a","content":"x"},)"
              R"({"type":"tool_result","tool_use_id":"b_c","content":"y"}])");
    EXPECT_EQ(results(R"({"role":"tool","tool_call_id":"a","content":"x"},)"
                      R"({"role":"user","content":"wait"},)"
                      R"({"role":"tool","tool_call_id":"b.c","content":"y"})"),
              R"([{"type":"tool_result","tool_use_id":"a","content":"x"}]"wait")"
              R"([{"type":"tool_result","tool_use_id":"b_c","content":"y"}])");
}

TEST(Conversation, ResultsKeepImagesErrorsAndMarkers) {
    const struct {
        const char* message;
        const char* block;
    } cases[] = {
        {R"("content":"x","is_error":true)", R"("content":"x","is_error":true)"},
        {R"("content":"x","is_error":false)", R"("content":"x")"},
        {R"("content":null)", R"("content":"")"},
        {R"("content":[])", R"("content":"")"},
        {R"("content":"x","cache_control":{"type":"ephemeral"})",
         R"("content":"x","cache_control":{"type":"ephemeral"})"},
        {R"("content":[{"type":"text","text":"x"},)"
         R"({"type":"image_url","image_url":{"url":"https://a/b.png"}}])",
         R"("content":[{"type":"text","text":"x"},)"
         R"({"type":"image","source":{"type":"url","url":"https://a/b.png"}}])"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(
            results(R"({"role":"tool","tool_call_id":"a",)" + std::string(each.message) + "}"),
            R"([{"type":"tool_result","tool_use_id":"a",)" + std::string(each.block) + "}]")
            << each.message;
    }
}

TEST(Conversation, WhatWillNotDoIsNamed) {
    const struct {
        const char* message;
        const char* begins;
    } cases[] = {
        {"7", "messages[1]: "},
        {R"({"role":"function","content":"x"})", "messages[1].role: "},
        {R"({"content":"x"})", "messages[1].role: "},
        {R"({"role":"user","content":7})", "messages[1].content: "},
        {R"({"role":"user","content":["x"]})", "messages[1].content[0]: "},
        {R"({"role":"user","content":[{"text":"x"}]})", "messages[1].content[0].type: "},
        {R"({"role":"user","content":[{"type":"text"}]})", "messages[1].content[0].text: "},
        {R"({"role":"user","content":[{"type":"video_url"}]})", "messages[1].content[0].type: "},
        {R"({"role":"user","content":"x","cache_control":1})", "messages[1].cache_control: "},
        {R"({"role":"system","content":7})", "messages[1].content: "},
        {R"({"role":"system","content":[{"type":"image_url"}]})", "messages[1].content[0].type: "},
        {R"({"role":"tool","content":"x"})", "messages[1].tool_call_id: "},
        {R"({"role":"tool","tool_call_id":" ","content":"x"})", "messages[1].tool_call_id: "},
        {R"({"role":"tool","tool_call_id":"z","content":"x"})", "messages[1].tool_call_id: "},
        {R"({"role":"assistant","tool_calls":7})", "messages[1].tool_calls: "},
        {R"({"role":"assistant","tool_calls":[{"type":"custom"}]})",
         "messages[1].tool_calls[0].type: "},
        {R"({"role":"assistant","tool_calls":[{"function":{"name":" "}}]})",
         "messages[1].tool_calls[0].function.name: "},
        {R"({"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"[]"}}]})",
         "messages[1].tool_calls[0].function.arguments: "},
        {R"({"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{} {}"}}]})",
         "messages[1].tool_calls[0].function.arguments: "},
    };
    for (const auto& each : cases) {
        const std::string told =
            refusal("\"messages\":[" + std::string(kUser) + "," + each.message + "]");
        EXPECT_EQ(told.rfind(each.begins, 0), 0u) << each.message << ": " << told;
    }
}

TEST(Conversation, AThousandAndTwentyFourCallsAreTheMost) {
    const auto told = [](int count) {
        std::string calls;
        for (int i = 0; i < count; ++i)
            calls += std::string(i == 0 ? "" : ",") + R"({"id":"a","function":{"name":"f"}})";
        return refusal(R"("messages":[{"role":"assistant","tool_calls":[)" + calls + "]}]");
    };
    EXPECT_EQ(told(1024), "");
    EXPECT_EQ(told(1025).rfind("messages[0].tool_calls: ", 0), 0u);
}

}  // namespace
}  // namespace anthropic
