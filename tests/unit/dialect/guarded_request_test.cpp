#include "dialect/guarded/guarded_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialect/guarded/entry.hpp"

namespace gomodel::dialect::guarded {
namespace {

constexpr auto kChat = Endpoint::kChat;
constexpr auto kResponses = Endpoint::kResponses;
constexpr auto kMessages = Endpoint::kMessages;

std::string view(Endpoint endpoint, std::string_view body) {
    const auto messages = messages_in(endpoint, body);
    if (const auto* const error = std::get_if<ApiError>(&messages)) return "! " + error->message;
    return std::get<std::string>(messages);
}

// The body with these messages; "! message" for an error.
std::string rewrite(Endpoint endpoint, std::string_view body, std::string_view messages) {
    EXPECT_EQ(fault_of(messages), "");
    auto edits = edits_for(endpoint, body, messages);
    if (const auto* const error = std::get_if<ApiError>(&edits)) {
        EXPECT_EQ(error->status, 400);
        EXPECT_EQ(error->type, "invalid_request_error");
        return "! " + error->message;
    }
    net::Buffer text;
    text.append(body);
    apply(text, std::move(std::get<std::vector<Edit>>(edits)));
    return std::string(text.view());
}

void expect_unchanged(Endpoint endpoint, std::string_view body) {
    EXPECT_EQ(rewrite(endpoint, body, view(endpoint, body)), body);
}

// --- Chat ---

TEST(GuardedChat, ShowsEachMessageAsText) {
    EXPECT_EQ(view(kChat, R"({"model":"m","messages":[
        {"role":"developer","content":"Be brief.","name":"boss"},
        {"role":"user","content":[{"type":"text","text":"What"},
            {"type":"image_url","image_url":{"url":"data:,"}},{"type":"text","text":"is \"it\"?"}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function"}]},
        {"role":"tool","tool_call_id":"c1","content":"42"},
        {"role":"assistant"}]})"),
              R"([{"role":"developer","content":"Be brief."},)"
              R"({"role":"user","content":"What is \"it\"?"},)"
              R"({"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function"}],)"
              R"("content_null":true},)"
              R"({"role":"tool","content":"42","tool_call_id":"c1"},)"
              R"({"role":"assistant","content":"","content_null":true}])");
    EXPECT_EQ(view(kChat, R"({"model":"m"})"), "[]");
}

TEST(GuardedChat, RefusesContentThatIsNone) {
    EXPECT_EQ(view(kChat, R"({"messages":[{"role":"user","content":7}]})"),
              "! invalid chat message content");
    EXPECT_EQ(view(kChat, R"({"messages":[{"role":"user"},{"content":"hi"}]})"),
              "! messages[1].role is required");
}

TEST(GuardedChat, WhatMayBeReadInTwoWaysIsRefused) {
    const auto twice = [](std::string_view name) {
        return "! \"" + std::string(name) + "\" is there more than once";
    };
    EXPECT_EQ(view(kChat, R"({"messages":[],"m\u0065ssages":[]})"), twice("messages"));
    EXPECT_EQ(view(kChat, R"({"messages":[{"role":"user","content":"a","content":"b"}]})"),
              twice("content"));
    EXPECT_EQ(view(kChat, R"({"messages":[{"role":"user","content":"a","role":"system"}]})"),
              twice("role"));
    EXPECT_EQ(view(kChat, R"({"messages":[{"role":"user","content":[)"
                          R"({"type":"text","text":"a","text":"b"}]}]})"),
              twice("text"));
    EXPECT_EQ(view(kResponses, R"({"input":"a","input":"b"})"), twice("input"));
    EXPECT_EQ(view(kResponses, R"({"input":"a","instructions":"b","instructions":"c"})"),
              twice("instructions"));
    EXPECT_EQ(view(kMessages, R"({"messages":[],"system":"b","system":"c"})"), twice("system"));
}

TEST(GuardedChat, WhatIsNotChangedKeepsItsBytes) {
    expect_unchanged(kChat, R"( {"model" : "m", "messages" : [ {"role":"user",
        "content":[{"type":"text","text":"h\u0069"},{"type":"text","text":"you"}]} ] } )");
    expect_unchanged(kChat, R"({"messages":[],"model":"m"})");
    expect_unchanged(kChat, R"({"model":"m"})");
    EXPECT_EQ(rewrite(kChat, R"({"messages":[{"role":"user","content":"\u0068i \ud83d\ude00"}]})",
                      "[{\"role\":\"user\",\"content\":\"hi \xf0\x9f\x98\x80\"}]"),
              R"({"messages":[{"role":"user","content":"\u0068i \ud83d\ude00"}]})")
        << "another spelling of the same text is no change";
}

TEST(GuardedChat, TextIsRewrittenAndTheRestStays) {
    EXPECT_EQ(rewrite(kChat,
                      R"({"a":1, "messages":[ {"name":"ann","role":"user","content":"call 555"}, )"
                      R"({"role" : "user", "content" : "and"} ], "b":2})",
                      R"([{"role":"user","content":"call ***"},{"role":"user","content":"and"}])"),
              R"({"a":1, "messages":[{"name":"ann","role":"user","content":"call ***"},)"
              R"({"role" : "user", "content" : "and"}], "b":2})");
}

TEST(GuardedChat, StructuredContentKeepsItsOtherParts) {
    const auto with = [](std::string_view parts, std::string_view text) {
        return rewrite(kChat,
                       R"({"messages":[{"role":"user","content":[)" + std::string(parts) + "]}]}",
                       R"([{"role":"user","content":")" + std::string(text) + "\"}]");
    };
    const auto content = [](std::string_view parts) {
        return R"({"messages":[{"role":"user","content":[)" + std::string(parts) + "]}]}";
    };
    const std::string image = R"({"type":"image_url","image_url":{"url":"data:,"}})";
    EXPECT_EQ(with(image, "look"), content(R"({"type":"text","text":"look"},)" + image));
    EXPECT_EQ(with(image + R"(,{"type":"text","text":"old","x":1})", "new"),
              content(image + R"(,{"type":"text","text":"new","x":1})"));
    EXPECT_EQ(with(image + R"(,{"type":"text","text":"old"})", ""), content(image));
    EXPECT_EQ(
        with(R"({"type":"text","text":"a"},)" + image + R"(,{"type":"text","text":"b"})", "A B"),
        content(R"({"type":"text","text":"A B"},)" + image));
    EXPECT_EQ(with(R"({"type":"text","text":"a"})", ""),
              "! guardrails produced empty structured message after rewrite");
}

TEST(GuardedChat, SystemMessagesComeAndGo) {
    const std::string body = R"({"messages":[{"role":"user","content":"hi"}],"model":"m"})";
    EXPECT_EQ(
        rewrite(kChat, body, R"([{"role":"system","content":"S"},{"role":"user","content":"hi"}])"),
        R"({"messages":[{"role":"system","content":"S"},{"role":"user","content":"hi"}],)"
        R"("model":"m"})");
    EXPECT_EQ(rewrite(kChat,
                      R"({"messages":[{"role":"system","content":"a","name":"x"},)"
                      R"({"role":"developer","content":"b","name":"y"},)"
                      R"({"role":"user","content":"hi"}]})",
                      R"([{"role":"system","content":"new"},{"role":"user","content":"hi"}])"),
              R"({"messages":[{"role":"system","content":"new","name":"y"},)"
              R"({"role":"user","content":"hi"}]})")
        << "matched from the tail";
    EXPECT_EQ(rewrite(kChat, R"({"messages":[{"role":"system","content":"a"}]})", "[]"),
              R"({"messages":[]})");
    EXPECT_EQ(rewrite(kChat, R"({"model":"m"})", R"([{"role":"system","content":"S"}])"),
              R"({"messages":[{"role":"system","content":"S"}],"model":"m"})");
}

TEST(GuardedChat, OtherMessagesStayWhereTheyAre) {
    const std::string body = R"({"messages":[{"role":"user","content":"a"},)"
                             R"({"role":"assistant","content":"b","tool_calls":[{"id":"1"}]},)"
                             R"({"role":"tool","tool_call_id":"1","content":"c"}]})";
    const std::string user = R"({"role":"user","content":"a"})";
    const std::string call = R"({"role":"assistant","content":"b","tool_calls":[{"id":"1"}]})";
    const std::string tool = R"({"role":"tool","tool_call_id":"1","content":"c"})";
    const auto list = [](std::initializer_list<std::string> messages) {
        std::string text;
        for (const std::string& message : messages)
            text += (text.empty() ? "[" : ",") + message;
        return text + "]";
    };
    EXPECT_EQ(rewrite(kChat, body, list({user, call, tool, user})),
              "! guardrails cannot insert non-system chat messages");
    EXPECT_EQ(rewrite(kChat, body, list({call, user, tool})),
              "! guardrails cannot reorder non-system chat messages");
    EXPECT_EQ(rewrite(kChat, body, list({user, call})),
              "! guardrails cannot add or remove non-system chat messages");
    EXPECT_EQ(rewrite(kChat, body,
                      list({user, call, R"({"role":"tool","tool_call_id":"2","content":"c"})"})),
              "! guardrails cannot reorder non-system chat messages");
    EXPECT_EQ(rewrite(kChat, body,
                      list({user, R"({"role":"assistant","content":"b","tool_calls":[]})", tool})),
              "! guardrails cannot change tool calls");
}

// --- Responses ---

TEST(GuardedResponses, ShowsInstructionsAndItems) {
    EXPECT_EQ(view(kResponses, R"({"instructions":"Be brief.","input":"hi","model":"m"})"),
              R"([{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}])");
    EXPECT_EQ(view(kResponses, R"({"instructions":"","input":[
        {"role":"developer","content":"D"},
        {"type":"message","role":"user","content":[{"type":"input_text","text":"a"},
            {"type":"input_image","image_url":"data:,"},{"type":"input_text","text":"b"}]},
        {"type":"reasoning","id":"rs_1","summary":[]},
        {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1}"},
        {"type":"function_call_output","call_id":"c1","output":"42"}]})"),
              R"([{"role":"developer","content":"D"},{"role":"user","content":"a b"},)"
              R"({"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function",)"
              R"("function":{"name":"f","arguments":"{\"x\":1}"}}],"content_null":true},)"
              R"({"role":"tool","content":"42","tool_call_id":"c1"}])");
    EXPECT_EQ(view(kResponses, R"({"model":"m","previous_response_id":"r"})"), "[]");
}

TEST(GuardedResponses, RefusesItemsThatAreNone) {
    EXPECT_EQ(view(kResponses, R"({"input":[{"type":"message","content":"hi"}]})"),
              "! invalid responses input item: input[0].role is required");
    EXPECT_EQ(view(kResponses, R"({"input":[{"role":"user","content":"hi"},7]})"),
              "! invalid responses input item: input[1] must be an object");
    EXPECT_EQ(view(kResponses, R"({"input":[{"role":"user","content":7}]})"),
              "! invalid responses input item: input[0].content must be a string or an array");
}

TEST(GuardedResponses, WhatIsNotChangedKeepsItsBytes) {
    expect_unchanged(kResponses, R"({"model":"m", "input" : "h\u0069", "instructions" : null})");
    expect_unchanged(kResponses, R"({"instructions":"I","input":[ {"role":"system","content":"S"},
        {"type":"reasoning"}, {"role":"user","content":"hi"}, {"type":"web_search_call"} ]})");
    expect_unchanged(kResponses, R"({"model":"m"})");
}

TEST(GuardedResponses, InstructionsAreASystemMessageOfTheirOwn) {
    const std::string user = R"({"role":"user","content":"hi"})";
    EXPECT_EQ(rewrite(kResponses, R"({"input":"hi","model":"m"})",
                      R"([{"role":"system","content":"S"},)" + user + "]"),
              R"({"instructions":"S","input":"hi","model":"m"})");
    EXPECT_EQ(rewrite(kResponses, R"({"instructions":"old","input":"hi"})",
                      R"([{"role":"system","content":"new\nold"},)" + user + "]"),
              R"({"instructions":"new\nold","input":"hi"})");
    EXPECT_EQ(rewrite(kResponses, R"({"instructions":"old","input":"hi"})", "[" + user + "]"),
              R"({"input":"hi"})");
    EXPECT_EQ(rewrite(kResponses, R"({"model":"m","instructions":null,"input":"hi"})",
                      R"([{"role":"system","content":"S"},)" + user + "]"),
              R"({"model":"m","instructions":"S","input":"hi"})");
    EXPECT_EQ(rewrite(kResponses, R"({"instructions":"I","input":"hi"})",
                      R"([{"role":"system","content":"S"},{"role":"system","content":"I"},)" +
                          user + "]"),
              R"({"instructions":"S\nI","input":"hi"})");
}

TEST(GuardedResponses, SystemItemsAreNotTheInstructions) {
    const std::string body =
        R"({"instructions":"I","input":[{"role":"system","content":"S","x":1},)"
        R"({"role":"user","content":"hi"}]})";
    EXPECT_EQ(rewrite(kResponses, body,
                      R"([{"role":"system","content":"D\nI"},{"role":"system","content":"S"},)"
                      R"({"role":"user","content":"hi"}])"),
              R"({"instructions":"D\nI","input":[{"role":"system","content":"S","x":1},)"
              R"({"role":"user","content":"hi"}]})");
    EXPECT_EQ(rewrite(kResponses, body,
                      R"([{"role":"system","content":"O"},{"role":"user","content":"hi"}])"),
              R"({"input":[{"role":"system","content":"O","x":1},{"role":"user","content":"hi"}]})")
        << "one for two: the last of them";
    EXPECT_EQ(rewrite(kResponses, R"({"input":"hi"})",
                      R"([{"role":"user","content":"hi"},{"role":"system","content":"late"}])"),
              R"({"input":[{"type":"message","role":"user","content":"hi"},)"
              R"({"type":"message","role":"system","content":"late"}]})");
}

TEST(GuardedResponses, TextIsRewrittenWhereItWas) {
    EXPECT_EQ(
        rewrite(kResponses, R"({"input":"call 555"})", R"([{"role":"user","content":"call ***"}])"),
        R"({"input":"call ***"})");
    EXPECT_EQ(rewrite(kResponses,
                      R"({"input":[{"type":"reasoning","id":"1"},)"
                      R"({"role":"user","content":[{"type":"input_text","text":"555"}],"id":"2"},)"
                      R"({"type":"function_call_output","call_id":"c","output":"556"},)"
                      R"({"role":"assistant","content":[{"type":"refusal","refusal":"no"}]},)"
                      R"({"type":"item_reference","id":"3"}]})",
                      R"([{"role":"user","content":"***"},)"
                      R"({"role":"tool","content":"+++","tool_call_id":"c"},)"
                      R"({"role":"assistant","content":"---"}])"),
              R"({"input":[{"type":"reasoning","id":"1"},)"
              R"({"role":"user","content":[{"type":"input_text","text":"***"}],"id":"2"},)"
              R"({"type":"function_call_output","call_id":"c","output":"+++"},)"
              R"({"role":"assistant","content":[{"type":"output_text","text":"---"},)"
              R"({"type":"refusal","refusal":"no"}]},{"type":"item_reference","id":"3"}]})");
}

TEST(GuardedResponses, ItemsStayWhereTheyAre) {
    const std::string body =
        R"({"input":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]})";
    EXPECT_EQ(rewrite(kResponses, body, R"([{"role":"user","content":"a"}])"),
              "! guardrails cannot add or remove responses input items");
    EXPECT_EQ(rewrite(kResponses, body,
                      R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},)"
                      R"({"role":"user","content":"c"}])"),
              "! guardrails cannot add or remove responses input items");
    EXPECT_EQ(rewrite(kResponses, body,
                      R"([{"role":"assistant","content":"b"},{"role":"user","content":"a"}])"),
              "! guardrails cannot reorder or retag responses input items");
    EXPECT_EQ(rewrite(kResponses, R"({"input":"a"})", R"([{"role":"assistant","content":"a"}])"),
              "! guardrails cannot change the role of a string responses input");
    const std::string call =
        R"({"type":"function_call","call_id":"c","name":"f","arguments":"{}"})";
    EXPECT_EQ(rewrite(kResponses, R"({"input":[)" + call + "]}",
                      R"([{"role":"assistant","content":"x","tool_calls":[{"id":"c",)"
                      R"("type":"function","function":{"name":"f","arguments":"{}"}}]}])"),
              "! invalid responses input item: a call of a tool has no text");
}

// --- Messages ---

TEST(GuardedMessages, ShowsTheSystemPromptResultsAndTurns) {
    EXPECT_EQ(view(kMessages, R"({"model":"m","system":[{"type":"text","text":"Be"},
        {"type":"text","text":"brief.","cache_control":{"type":"ephemeral"}}],"messages":[
        {"role":"user","content":"hi"},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},
            {"type":"text","text":"let me see"},
            {"type":"tool_use","id":"t1","name":"f","input":{"x":"y"}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[
            {"type":"text","text":"42"}]},{"type":"text","text":"so?"}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t2"}]}]})"),
              R"([{"role":"system","content":"Be brief."},{"role":"user","content":"hi"},)"
              R"({"role":"assistant","content":"let me see","tool_calls":[{"id":"t1",)"
              R"("type":"function","function":{"name":"f","arguments":"{\"x\":\"y\"}"}}]},)"
              R"({"role":"tool","content":"42","tool_call_id":"t1"},)"
              R"({"role":"user","content":"so?"},)"
              R"({"role":"tool","content":"","tool_call_id":"t2"}])");
}

TEST(GuardedMessages, RefusesWhatIsNoMessage) {
    EXPECT_EQ(view(kMessages, R"({"messages":[{"role":"user","content":7}]})"),
              "! invalid message content");
    EXPECT_EQ(view(kMessages, R"({"messages":[{"content":"hi"}]})"),
              "! messages[0].role is required");
}

TEST(GuardedMessages, WhatIsNotChangedKeepsItsBytes) {
    expect_unchanged(kMessages, R"({"system" : [ {"type":"text","text":"S"} ], "messages" : [
        {"role":"user","content":[ {"type":"tool_result","tool_use_id":"t"} ]},
        {"role":"system","content":"late"}, {"role":"user","content":"hi"} ], "model":"m"})");
    expect_unchanged(kMessages, R"({"model":"m","messages":[{"role":"user","content":[]}]})");
}

TEST(GuardedMessages, SystemMessagesBecomeTheSystemPrompt) {
    const std::string user = R"({"role":"user","content":"hi"})";
    const std::string tail = R"("messages":[)" + user + "]}";
    EXPECT_EQ(rewrite(kMessages, "{" + tail, R"([{"role":"system","content":"S"},)" + user + "]"),
              R"({"system":"S",)" + tail);
    EXPECT_EQ(rewrite(kMessages, R"({"system":"old",)" + tail,
                      R"([{"role":"system","content":"S"},{"role":"system","content":"old"},)" +
                          user + "]"),
              R"({"system":"S\nold",)" + tail);
    EXPECT_EQ(rewrite(kMessages, R"({"system":"old",)" + tail, "[" + user + "]"), "{" + tail);
    EXPECT_EQ(
        rewrite(kMessages, R"({"system":[{"type":"text","text":"old","cache_control":{}}],)" + tail,
                R"([{"role":"system","content":"new"},)" + user + "]"),
        R"({"system":[{"type":"text","text":"new","cache_control":{}}],)" + tail);
    EXPECT_EQ(rewrite(kMessages, R"({"messages":[{"role":"system","content":"S"},)" + user + "]}",
                      "[" + user + "]"),
              "{" + tail);
}

TEST(GuardedMessages, TextIsRewrittenWhereItWas) {
    const std::string body =
        R"({"messages":[{"role":"user","content":[)"
        R"({"type":"tool_result","tool_use_id":"t","content":"555","is_error":false},)"
        R"({"type":"image","source":{}}]},{"role":"assistant","content":[)"
        R"({"type":"thinking","thinking":"hm","signature":"s"},)"
        R"({"type":"tool_use","id":"u","name":"f","input":{}}]}]})";
    const std::string use = R"("tool_calls":[{"id":"u","type":"function","function":)"
                            R"({"name":"f","arguments":"{}"}}])";
    EXPECT_EQ(rewrite(kMessages, body,
                      R"([{"role":"tool","content":"***","tool_call_id":"t"},)"
                      R"({"role":"user","content":"look"},)"
                      R"({"role":"assistant","content":"ok",)" +
                          use + "}]"),
              R"({"messages":[{"role":"user","content":[)"
              R"({"type":"tool_result","tool_use_id":"t","content":"***","is_error":false},)"
              R"({"type":"text","text":"look"},{"type":"image","source":{}}]},)"
              R"({"role":"assistant","content":[)"
              R"({"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"ok"},)"
              R"({"type":"tool_use","id":"u","name":"f","input":{}}]}]})");
}

TEST(GuardedMessages, TurnsStayWhereTheyAre) {
    const std::string body =
        R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]})";
    EXPECT_EQ(rewrite(kMessages, body, R"([{"role":"user","content":"a"}])"),
              "! guardrails cannot add or remove non-system messages");
    EXPECT_EQ(rewrite(kMessages, body,
                      R"([{"role":"assistant","content":"b"},{"role":"user","content":"a"}])"),
              "! guardrails cannot reorder non-system messages");
    EXPECT_EQ(rewrite(kMessages, body,
                      R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},)"
                      R"({"role":"user","content":"c"}])"),
              "! guardrails cannot insert non-system messages");
}

// --- What guardrails give ---

TEST(GuardedEntries, SaysWhatIsWrongWithAList) {
    EXPECT_EQ(fault_of("[]"), "");
    EXPECT_EQ(fault_of(R"([{"role":"user","content":null}])"), "");
    EXPECT_EQ(fault_of(R"([{"role":"user"}])"), "");
    EXPECT_EQ(fault_of("{}"), "is no JSON array");
    EXPECT_EQ(fault_of("[{"), "is no JSON array");
    EXPECT_EQ(fault_of("[7]"), "[0] is no object");
    EXPECT_EQ(fault_of(R"([{"role":"user"},{"content":"a"}])"), "[1] has no role");
    EXPECT_EQ(fault_of(R"([{"role":"user","content":[]}])"), "[0] has a content that is no text");
    EXPECT_EQ(fault_of(R"([{"role":"user","tool_calls":"a"}])"),
              "[0] has tool_calls that are no list");
    EXPECT_EQ(fault_of(R"([{"role":"user","tool_call_id":7}])"),
              "[0] has a tool_call_id that is no text");
}

TEST(GuardedEntries, TextsAreComparedByWhatTheySay) {
    EXPECT_TRUE(same_text("a\\n", "\\u0061\\u000a"));
    EXPECT_FALSE(same_text("a", "b"));
    EXPECT_FALSE(same_text("a", "a\\u0000"));
}

TEST(GuardedEntries, OnlyConversationsAreShown) {
    EXPECT_TRUE(is_guarded(kChat) && is_guarded(kResponses) && is_guarded(kMessages));
    EXPECT_FALSE(is_guarded(Endpoint::kEmbeddings) || is_guarded(Endpoint::kCountTokens));
}

}  // namespace
}  // namespace gomodel::dialect::guarded
