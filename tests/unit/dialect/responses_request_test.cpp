#include <gtest/gtest.h>

#include "dialect/adapter.hpp"

namespace gomodel::dialect {
namespace {

// The chat request for a responses request with these members, or the message of its refusal.
std::string chat_for(const std::string& members) {
    const auto adapter = adapter_over_chat(Endpoint::kResponses, {"id", 7});
    const auto request = adapter->request(R"({"model":"m",)" + members + "}");
    const auto* error = std::get_if<ApiError>(&request);
    return error == nullptr ? std::get<std::string>(request)
                            : std::to_string(error->status) + " " + error->message;
}

std::string messages_for(const std::string& input) {
    const std::string chat = chat_for(R"("input":)" + input);
    const std::size_t at = chat.find(R"("messages":)");
    return at == std::string::npos ? chat : chat.substr(at + 11, chat.size() - at - 12);
}

struct Case {
    const char* name;
    std::string given;
    std::string expected;
};

TEST(ResponsesRequest, MapsItsMembers) {
    const std::string messages = R"(,"messages":[{"role":"user","content":"x"}]})";
    const std::string head = R"({"model":"m")";
    const Case cases[] = {
        {"unknown members go through", R"("top_p":0.50,"x":{"y":[1]},)",
         R"(,"top_p":0.50,"x":{"y":[1]})"},
        {"null is left out", R"("temperature":null,"user":"u",)", R"(,"user":"u")"},
        {"own members are not sent",
         R"("store":true,"include":["a"],"truncation":"auto","metadata":{"a":"b"},)"
         R"("background":false,"top_logprobs":2,"previous_response_id":null,)",
         ""},
        {"length", R"("max_output_tokens":5,)", R"(,"max_tokens":5)"},
        {"effort", R"("reasoning":{"effort":"low","summary":"auto"},)",
         R"(,"reasoning":{"effort":"low"})"},
        {"a summary alone", R"("reasoning":{"summary":"auto"},)", ""},
        {"plain text", R"("text":{"format":{"type":"text"},"verbosity":"low"},)",
         R"(,"verbosity":"low")"},
        {"JSON", R"("text":{"format":{"type":"json_object"}},)",
         R"(,"response_format":{"type":"json_object"})"},
        {"a schema",
         R"("text":{"format":{"type":"json_schema","name":"n","schema":{},)"
         R"("strict":true}},)",
         R"(,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{},)"
         R"("strict":true}})"},
        {"a function",
         R"("tools":[{"type":"function","name":"f","parameters":{},"strict":true,"x":1}],)",
         R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{},"strict":true},)"
         R"("x":1}])"},
        {"no tools", R"("tools":[],"tool_choice":"auto","parallel_tool_calls":true,)", ""},
        {"a choice",
         R"("tools":[{"type":"function","name":"f"}],)"
         R"("tool_choice":{"type":"function","name":"f"},)",
         R"(,"tools":[{"type":"function","function":{"name":"f"}}],)"
         R"("tool_choice":{"type":"function","function":{"name":"f"}})"},
        {"allowed tools",
         R"("tools":[{"type":"function","name":"f"},{"type":"function","name":"g"}],)"
         R"("tool_choice":{"type":"allowed_tools","mode":"required",)"
         R"("tools":[{"type":"function","name":"g"}]},)",
         R"(,"tools":[{"type":"function","function":{"name":"g"}}],"tool_choice":"required")"},
        {"usage of a stream", R"("stream":true,"stream_options":{"include_usage":true,"a":1},)",
         R"(,"stream":true,"stream_options":{"include_usage":true})"},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(chat_for(one.given + R"("input":"x")"), head + one.expected + messages)
            << one.name;
    }
}

TEST(ResponsesRequest, PutsInstructionsFirst) {
    EXPECT_EQ(chat_for(R"("instructions":"Be \"brief\".","input":"x")"),
              R"({"model":"m","messages":[{"role":"system","content":"Be \"brief\"."},)"
              R"({"role":"user","content":"x"}]})");
}

TEST(ResponsesRequest, MapsItsInput) {
    const Case cases[] = {
        {"text", R"("")", R"([{"role":"user","content":""}])"},
        {"texts are joined",
         R"([{"role":"user","content":[{"type":"input_text","text":"a"},)"
         R"({"type":"input_text","text":"\u00e4"}]}])",
         R"([{"role":"user","content":"a\n\u00e4"}])"},
        {"an answer that is sent back",
         R"([{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":)"
         R"([{"type":"output_text","text":"a","annotations":[],"logprobs":[]}]}])",
         R"([{"role":"assistant","content":"a"}])"},
        {"a developer", R"([{"role":"developer","content":"a"}])",
         R"([{"role":"system","content":"a"}])"},
        {"an image",
         R"([{"role":"user","content":[{"type":"input_text","text":"a"},)"
         R"({"type":"input_image","image_url":"data:x","detail":"low"}]}])",
         R"([{"role":"user","content":[{"type":"text","text":"a"},)"
         R"({"type":"image_url","image_url":{"url":"data:x","detail":"low"}}]}])"},
        {"a file",
         R"([{"role":"user","content":[{"type":"input_file","filename":"f","file_data":"d"}]}])",
         R"([{"role":"user","content":[{"type":"file","file":{"file_data":"d","filename":"f"}}]}])"},
        {"calls join the assistant's message",
         R"([{"role":"assistant","content":"a"},)"
         R"({"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"},)"
         R"({"type":"function_call","call_id":"c2","name":"g","arguments":{"a": 1}},)"
         R"({"type":"function_call_output","call_id":"c1","output":"r"},)"
         R"({"type":"function_call_output","call_id":"c2","output":{"b": 2}}])",
         R"([{"role":"assistant","content":"a","tool_calls":[)"
         R"({"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},)"
         R"({"id":"c2","type":"function","function":{"name":"g","arguments":"{\"a\":1}"}}]},)"
         R"({"role":"tool","tool_call_id":"c1","content":"r"},)"
         R"({"role":"tool","tool_call_id":"c2","content":"{\"b\":2}"}])"},
        {"what a function gave behind all results",
         R"([{"type":"function_call","call_id":"c1","name":"f","arguments":""},)"
         R"({"type":"function_call_output","call_id":"c1","output":[)"
         R"({"type":"input_text","text":"r"},{"type":"input_image","image_url":"u"}]},)"
         R"({"type":"function_call_output","call_id":"c2","output":"s"}])",
         R"([{"role":"assistant","content":null,"tool_calls":[)"
         R"({"id":"c1","type":"function","function":{"name":"f","arguments":""}}]},)"
         R"({"role":"tool","tool_call_id":"c1","content":"r"},)"
         R"({"role":"tool","tool_call_id":"c2","content":"s"},)"
         R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}])"},
        {"what nobody here can read is left out",
         R"([{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"},)"
         R"({"type":"item_reference","id":"msg_1"},{"type":"web_search_call","id":"ws_1"},)"
         R"({"role":"user","content":"a"}])",
         R"([{"role":"user","content":"a"}])"},
        {"thinking goes back to its vendor",
         R"([{"type":"reasoning","encrypted_content":"thinking_blocks:[{\"a\":1}]","summary":[]},)"
         R"({"role":"assistant","content":"a"}])",
         R"([{"role":"assistant","content":"a","thinking_blocks":[{"a":1}]}])"},
    };
    for (const Case& one : cases)
        EXPECT_EQ(messages_for(one.given), one.expected) << one.name;
}

TEST(ResponsesRequest, RefusesByName) {
    const Case cases[] = {
        {"state", R"("previous_response_id":"r","input":"x")", "previous_response_id"},
        {"a conversation", R"("conversation":"c","input":"x")", "conversation"},
        {"a stored prompt", R"("prompt":{"id":"p"},"input":"x")", "prompt"},
        {"background", R"("background":true,"input":"x")", "background"},
        {"a built-in tool alone", R"("tools":[{"type":"web_search"}],"input":"x")",
         "tools[0].type"},
        {"a namespace without tools",
         R"("tools":[{"type":"function","name":"f"},{"type":"namespace","name":"n"}],"input":"x")",
         "tools[1].tools"},
        {"a built-in tool in a namespace",
         R"("tools":[{"type":"namespace","name":"n","tools":[{"type":"web_search"}]}],"input":"x")",
         "tools[0].tools[0].type"},
        {"a tool twice",
         R"("tools":[{"type":"custom","name":"f"},{"type":"custom","name":"f"}],"input":"x")",
         "tools"},
        {"a choice of one",
         R"("tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"mcp"},"input":"x")",
         "tool_choice"},
        {"a format", R"("text":{"format":{"type":"grammar"}},"input":"x")", "text.format.type"},
        {"no input", R"("input":null)", "input"},
        {"an item", R"("input":[{"type":"computer_call","id":"w"}])", "input[0].type"},
        {"no role", R"("input":[{"content":"a"}])", "input[0].role"},
        {"no name", R"("input":[{"type":"function_call","call_id":"c","name":" "}])",
         "input[0].name"},
        {"no call", R"("input":[{"type":"function_call_output","output":"c"}])",
         "input[0].call_id"},
        {"a stored image",
         R"("input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}])",
         "input[0].content[0].image_url"},
        {"a part", R"("input":[{"role":"user","content":[{"type":"video"}]}])",
         "input[0].content[0].type"},
    };
    for (const Case& one : cases) {
        const auto adapter = adapter_over_chat(Endpoint::kResponses, {"id", 7});
        const auto request = adapter->request(R"({"model":"m",)" + one.given + "}");
        const auto* const error = std::get_if<ApiError>(&request);
        ASSERT_NE(error, nullptr) << one.name;
        EXPECT_EQ(error->status, 400) << one.name;
        EXPECT_EQ(error->param, one.expected) << one.name;
    }
    EXPECT_NE(chat_for(R"("tools":[{"type":"web_search"}],"input":"x")").find("\"web_search\""),
              std::string::npos);
}

}  // namespace
}  // namespace gomodel::dialect
