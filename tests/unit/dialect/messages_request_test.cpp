#include <gtest/gtest.h>

#include "dialect/adapter.hpp"

namespace gomodel::dialect {
namespace {

// The chat request for a messages request with these members, or the message of its refusal.
std::string chat_for(const std::string& members) {
    const auto adapter = adapter_over_chat(Endpoint::kMessages, {"id", 7, "up"});
    const auto request = adapter->request(R"({"model":"m",)" + members + "}");
    const auto* error = std::get_if<ApiError>(&request);
    return error == nullptr ? std::get<std::string>(request)
                            : std::to_string(error->status) + " " + error->message;
}

std::string messages_for(const std::string& messages) {
    const std::string chat = chat_for(R"("max_tokens":9,"messages":)" + messages);
    const std::size_t at = chat.find(R"("messages":)");
    return at == std::string::npos ? chat : chat.substr(at + 11, chat.size() - at - 12);
}

std::string user(const std::string& blocks) {
    return messages_for(R"([{"role":"user","content":)" + blocks + "}]");
}

struct Case {
    const char* name;
    std::string given;
    std::string expected;
};

TEST(MessagesRequest, MapsItsMembers) {
    const std::string messages = R"(,"messages":[{"role":"user","content":"x"}]})";
    const std::string head = R"({"model":"m")";
    const std::string limit = R"(,"max_tokens":9)";
    const Case cases[] = {
        {"streams", R"("stream":true)", R"(,"stream":true)" + limit},
        {"sampling", R"("temperature":0.50,"top_p":0.9,"top_k":40,"stop_sequences":["a","\n"])",
         limit + R"(,"temperature":0.50,"top_p":0.9,"top_k":40,"stop":["a","\n"])"},
        {"nothing to stop at", R"("stop_sequences":[],"temperature":null)", limit},
        {"user", R"("metadata":{"user_id":"u\u00e4"})", limit + ",\"user\":\"u\xC3\xA4\""},
        {"a long user", R"("metadata":{"user_id":")" + std::string(65, 'a') + "\"}",
         limit + R"(,"user":"635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0")"},
        {"no thinking", R"("thinking":{"type":"disabled"})", limit},
        {"a little thinking", R"("thinking":{"type":"enabled","budget_tokens":5000})",
         limit + R"(,"reasoning":{"effort":"low"})"},
        {"some thinking", R"("thinking":{"type":"enabled","budget_tokens":5001})",
         limit + R"(,"reasoning":{"effort":"medium"})"},
        {"much thinking", R"("thinking":{"type":"enabled","budget_tokens":10001})",
         limit + R"(,"reasoning":{"effort":"high"})"},
        {"thinking as it likes", R"("thinking":{"type":"adaptive"})", limit},
        {"an effort", R"("thinking":{"type":"adaptive"},"output_config":{"effort":"medium"})",
         limit + R"(,"reasoning":{"effort":"medium"})"},
        {"the largest effort",
         R"("thinking":{"type":"between_tools"},)"
         R"("output_config":{"effort":"max"})",
         limit + R"(,"reasoning":{"effort":"xhigh"})"},
        {"an effort without thinking", R"("output_config":{"effort":"low"})", limit},
        {"a schema",
         R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}})",
         limit + R"(,"response_format":{"type":"json_schema","json_schema":{"name":"answer",)"
                 R"("strict":true,"schema":{"type":"object"}}})"},
        {"what only concerns Anthropic",
         R"("cache_control":{"type":"ephemeral"},"service_tier":"auto","context_management":{},)"
         R"("betas":["x"],"mcp_servers":[],"container":null)",
         limit},
    };
    for (const Case& test : cases) {
        EXPECT_EQ(chat_for(test.given + R"(,"max_tokens":9,"messages":[{"role":"user",)"
                                        R"("content":"x"}])"),
                  head + test.expected + messages)
            << test.name;
    }
}

TEST(MessagesRequest, PutsTheSystemPromptFirst) {
    const auto told = [](const std::string& system) {
        return chat_for(R"("max_tokens":9,"messages":[{"role":"user","content":"x"}],"system":)" +
                        system);
    };
    const std::string head = R"({"model":"m","max_tokens":9,"messages":[)";
    const std::string rest = R"({"role":"user","content":"x"}]})";
    EXPECT_EQ(told(R"("be \"brief\"")"),
              head + R"({"role":"system","content":"be \"brief\""},)" + rest);
    EXPECT_EQ(told(R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},)"
                   R"({"type":"text","text":""},{"type":"text","text":"b"}])"),
              head + R"({"role":"system","content":"a\n\nb"},)" + rest);
    EXPECT_EQ(told(R"("")"), head + rest);
    EXPECT_EQ(told(R"([{"type":"image"}])"), "400 system[0].type: must be \"text\"");
    EXPECT_EQ(messages_for(R"([{"role":"user","content":"x"},{"role":"system","content":"y"}])"),
              R"([{"role":"user","content":"x"},{"role":"system","content":"y"}])");
}

TEST(MessagesRequest, MapsWhatAUserSays) {
    const Case cases[] = {
        {"only text",
         R"([{"type":"text","text":"a"},{"type":"text","text":""},)"
         R"({"type":"text","text":"\"b\"","cache_control":{"type":"ephemeral"}}])",
         R"("a\n\n\"b\"")"},
        {"an image",
         R"([{"type":"text","text":"a"},{"type":"image","source":{"type":"base64",)"
         R"("media_type":"image/png","data":"AAAA"}}])",
         R"([{"type":"text","text":"a"},{"type":"image_url","image_url":)"
         R"({"url":"data:image/png;base64,AAAA"}}])"},
        {"an image elsewhere",
         R"([{"type":"image","source":{"type":"url","url":"https://x/y.png"}}])",
         R"([{"type":"image_url","image_url":{"url":"https://x/y.png"}}])"},
        {"a PDF",
         R"([{"type":"document","source":{"type":"base64","media_type":)"
         R"("application/pdf","data":"AAAA"}}])",
         R"([{"type":"file","file":{"filename":"document.pdf",)"
         R"("file_data":"data:application/pdf;base64,AAAA"}}])"},
        {"a PDF with a title",
         R"([{"type":"document","title":"t","source":{"type":"base64",)"
         R"("media_type":"application/pdf","data":"AAAA"}}])",
         R"([{"type":"file","file":{"filename":"t",)"
         R"("file_data":"data:application/pdf;base64,AAAA"}}])"},
        {"a text",
         R"([{"type":"document","title":"t","context":"c","source":{"type":"text",)"
         R"("media_type":"text/plain","data":"d"}},{"type":"text","text":"a"}])",
         R"("t\n\nc\n\nd\n\na")"},
        {"a document of blocks",
         R"([{"type":"document","title":"t","source":{"type":"content",)"
         R"("content":[{"type":"text","text":"d"}]}}])",
         R"("t\n\nd")"},
        {"a search result",
         R"([{"type":"search_result","title":"t","source":"https://x",)"
         R"("content":[{"type":"text","text":"d"}]}])",
         R"("t\n\nhttps://x\n\nd")"},
        {"nothing", "[]", R"("")"},
    };
    for (const Case& test : cases) {
        EXPECT_EQ(user(test.given), R"([{"role":"user","content":)" + test.expected + "}]")
            << test.name;
    }
}

const std::string kCall = R"({"role":"assistant","content":[{"type":"text","text":"I look"},)"
                          R"({"type":"tool_use","id":"c1","name":"f","input":{"a": [1, 2.50]}},)"
                          R"({"type":"tool_use","id":"c2","name":"g","input":{}}]})";
const std::string kChatCall =
    R"({"role":"assistant","content":"I look","tool_calls":[{"id":"c1","type":"function",)"
    R"("function":{"name":"f","arguments":"{\"a\":[1,2.50]}"}},{"id":"c2","type":"function",)"
    R"("function":{"name":"g","arguments":"{}"}}]})";

std::string after_the_call(const std::string& blocks) {
    const std::string told =
        messages_for("[" + kCall + R"(,{"role":"user","content":)" + blocks + "}]");
    const std::string begin = "[" + kChatCall + ",";
    EXPECT_TRUE(told.starts_with(begin)) << told;
    return told.size() < begin.size() ? told : told.substr(begin.size());
}

TEST(MessagesRequest, AnswersCallsBeforeAnythingElse) {
    EXPECT_EQ(after_the_call(R"([{"type":"tool_result","tool_use_id":"c1","content":"12 °C"},)"
                             R"({"type":"text","text":"go on"},)"
                             R"({"type":"tool_result","tool_use_id":"c2"}])"),
              R"({"role":"tool","tool_call_id":"c1","content":"12 °C"},)"
              R"({"role":"tool","tool_call_id":"c2","content":""},)"
              R"({"role":"user","content":"go on"}])");
    EXPECT_EQ(
        after_the_call(R"([{"type":"tool_result","tool_use_id":"c1","is_error":true,)"
                       R"("content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},)"
                       R"({"type":"tool_result","tool_use_id":"c2","is_error":true}])"),
        R"({"role":"tool","tool_call_id":"c1","content":"Error: a\n\nb"},)"
        R"({"role":"tool","tool_call_id":"c2","content":"Error"}])");
}

TEST(MessagesRequest, NamesToolsThatASearchFound) {
    EXPECT_EQ(after_the_call(R"([{"type":"tool_result","tool_use_id":"c1","content":)"
                             R"([{"type":"tool_reference","tool_name":"f"},)"
                             R"({"type":"tool_reference","tool_name":"g"}]}])"),
              R"({"role":"tool","tool_call_id":"c1","content":"f\n\ng"}])");
}

TEST(MessagesRequest, ShowsImagesOfToolsBehindTheirResults) {
    const std::string image =
        R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}})";
    EXPECT_EQ(after_the_call(R"([{"type":"tool_result","tool_use_id":"c1","content":[)" + image +
                             R"(,{"type":"text","text":"seen"}]},)"
                             R"({"type":"tool_result","tool_use_id":"c2","content":"ok"},)"
                             R"({"type":"text","text":"and?"}])"),
              R"({"role":"tool","tool_call_id":"c1","content":"seen"},)"
              R"({"role":"tool","tool_call_id":"c2","content":"ok"},)"
              R"({"role":"user","content":[{"type":"image_url","image_url":)"
              R"({"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"and?"}]}])");
}

TEST(MessagesRequest, SendsBackOnlyThinkingOfThisProvider) {
    const auto assistant = [](const std::string& blocks) {
        return messages_for(R"([{"role":"user","content":"x"},{"role":"assistant","content":[)" +
                            blocks + R"({"type":"text","text":"a"}]}])");
    };
    const auto chat = [](const std::string& members) {
        return R"([{"role":"user","content":"x"},{"role":"assistant","content":"a")" + members +
               "}]";
    };
    EXPECT_EQ(assistant(R"({"type":"thinking","thinking":"t1",)"
                        R"("signature":"gomodel:up:reasoning_content:"},)"
                        R"({"type":"thinking","thinking":"t2",)"
                        R"("signature":"gomodel:up:reasoning_content:"},)"),
              chat(R"(,"reasoning_content":"t1\n\nt2")"));
    EXPECT_EQ(assistant(R"({"type":"thinking","thinking":"t",)"
                        R"("signature":"gomodel:up:reasoning:"},)"),
              chat(R"(,"reasoning":"t")"));
    EXPECT_EQ(assistant(R"({"type":"redacted_thinking","data":)"
                        R"("gomodel:up:thinking_blocks:[{\"a\":1}]"},)"),
              chat(R"(,"thinking_blocks":[{"a":1}])"));
    for (const char* const other :
         {R"({"type":"thinking","thinking":"t","signature":"EqQBCgIYAhIM"},)",
          R"({"type":"thinking","thinking":"t","signature":"gomodel:other:reasoning_content:"},)",
          R"({"type":"thinking","thinking":"t","signature":""},)",
          R"({"type":"redacted_thinking","data":"EqQBCgIYAhIM"},)",
          R"({"type":"redacted_thinking","data":"gomodel:up:thinking_blocks:[{"},)"}) {
        EXPECT_EQ(assistant(other), chat("")) << other;
    }
}

TEST(MessagesRequest, KeepsTextThatCitesTogether) {
    EXPECT_EQ(messages_for(R"([{"role":"assistant","content":[{"type":"text","text":"a"},)"
                           R"({"type":"text","text":"b","citations":[]},)"
                           R"({"type":"text","text":"c"}]}])"),
              R"([{"role":"assistant","content":"ab\n\nc"}])");
}

TEST(MessagesRequest, MapsTools) {
    const auto told = [](const std::string& members) {
        const std::string chat = chat_for(members + R"(,"max_tokens":9,"messages":[{"role":"user",)"
                                                    R"("content":"x"}])");
        const std::string begin = R"({"model":"m","max_tokens":9,)";
        const std::string end = R"(,"messages":[{"role":"user","content":"x"}]})";
        const bool whole = chat.starts_with(begin) && chat.ends_with(end);
        return whole ? chat.substr(begin.size(), chat.size() - begin.size() - end.size()) : chat;
    };
    const std::string tools = R"("tools":[{"name":"f","input_schema":{"type":"object"}}])";
    const std::string functions =
        R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])";
    EXPECT_EQ(told(tools), functions);
    EXPECT_EQ(told(R"("tools":[{"type":"custom","name":"f","description":"d","strict":true,)"
                   R"("input_schema":{},"cache_control":{},"defer_loading":true}])"),
              R"("tools":[{"type":"function","function":{"name":"f","description":"d",)"
              R"("parameters":{},"strict":true}}])");
    const Case choices[] = {
        {"auto", R"({"type":"auto"})", R"(,"tool_choice":"auto")"},
        {"any", R"({"type":"any"})", R"(,"tool_choice":"required")"},
        {"none", R"({"type":"none"})", R"(,"tool_choice":"none")"},
        {"one", R"({"type":"tool","name":"f"})",
         R"(,"tool_choice":{"type":"function","function":{"name":"f"}})"},
        {"one at a time", R"({"type":"auto","disable_parallel_tool_use":true})",
         R"(,"tool_choice":"auto","parallel_tool_calls":false)"},
    };
    for (const Case& test : choices) {
        EXPECT_EQ(told(tools + R"(,"tool_choice":)" + test.given), functions + test.expected)
            << test.name;
    }
    EXPECT_EQ(chat_for(R"("max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[],)"
                       R"("tool_choice":{"type":"auto"})"),
              R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}]})");
}

// What Anthropic runs itself, beside what the client runs.
TEST(MessagesRequest, LeavesHostedToolsOutBesideOthers) {
    const std::string search = R"({"type":"web_search_20250305","name":"web_search"})";
    const std::string before = R"("max_tokens":9,"messages":[{"role":"user","content":"x"}],)";
    const std::string tools = R"("tools":[)" + search + R"(,{"name":"f","input_schema":{}}])";
    EXPECT_EQ(chat_for(before + tools + R"(,"tool_choice":{"type":"any"})"),
              R"({"model":"m","max_tokens":9,"tools":[{"type":"function","function":)"
              R"({"name":"f","parameters":{}}}],"tool_choice":"required",)"
              R"("messages":[{"role":"user","content":"x"}]})");
    EXPECT_EQ(chat_for(before + tools + R"(,"tool_choice":{"type":"tool","name":"web_search"})"),
              "400 tool_choice.name: this provider does not have the tool");
    // The client runs this one, but only Anthropic's models have been told what it takes.
    EXPECT_EQ(
        chat_for(before + R"("tools":[{"name":"f","input_schema":{}},)"
                          R"({"type":"bash_20250124","name":"bash"}])"),
        "400 tools[1].type: this provider has no tools of type \"bash_20250124\", only custom "
        "ones");
    EXPECT_EQ(messages_for(R"([{"role":"assistant","content":[{"type":"server_tool_use","id":"s",)"
                           R"("name":"web_search","input":{}},{"type":"web_search_tool_result",)"
                           R"("tool_use_id":"s","content":[]},{"type":"text","text":"a"}]}])"),
              R"([{"role":"assistant","content":"a"}])");
}

TEST(MessagesRequest, SaysWhatItCannotAskFor) {
    const std::string x = R"("messages":[{"role":"user","content":"x"}])";
    const std::string ok = R"("max_tokens":9,)" + x;
    const Case cases[] = {
        {"no limit", x, "max_tokens: is required"},
        {"no room", R"("max_tokens":0,)" + x, "max_tokens: must be a whole number, and at least 1"},
        {"no messages", R"("max_tokens":9)", "messages: must be an array"},
        {"empty", R"("max_tokens":9,"messages":[])", "messages: at least one message is required"},
        {"sampling", ok + R"(,"top_k":"4")", "top_k: must be a number"},
        {"stops", ok + R"(,"stop_sequences":[1])", "stop_sequences: must be an array of strings"},
        {"thinking", ok + R"(,"thinking":{"type":"deep"})",
         "thinking.type: must be \"enabled\", \"adaptive\", \"between_tools\" or \"disabled\""},
        {"budget", ok + R"(,"thinking":{"type":"enabled"})",
         "thinking.budget_tokens: must be a whole number"},
        {"format", ok + R"(,"output_config":{"format":{"type":"xml"}})",
         "output_config.format.type: must be \"json_schema\""},
        {"container", ok + R"(,"container":"c")", "container: this provider has no containers"},
        {"MCP", ok + R"(,"mcp_servers":[{}])", "mcp_servers: this provider calls no MCP servers"},
        {"place", ok + R"(,"inference_geo":"eu")",
         "inference_geo: this provider cannot be told where to answer"},
        {"a server's tool", ok + R"(,"tools":[{"type":"web_search_20250305","name":"w"}])",
         "tools[0].type: this provider has no tools of type \"web_search_20250305\", only custom "
         "ones"},
        {"a nameless tool", ok + R"(,"tools":[{"input_schema":{}}])", "tools[0].name: is required"},
        {"a tool without schema", ok + R"(,"tools":[{"name":"f"}])",
         "tools[0].input_schema: must be an object"},
        {"a choice of nothing", ok + R"(,"tool_choice":{"type":"any"})",
         "tool_choice: there are no tools to choose from"},
        {"a strange choice",
         ok + R"(,"tools":[{"name":"f","input_schema":{}}],"tool_choice":{"type":"x"})",
         "tool_choice.type: must be \"auto\", \"any\", \"tool\" or \"none\""},
    };
    for (const Case& test : cases)
        EXPECT_EQ(chat_for(test.given), "400 " + test.expected) << test.name;
}

TEST(MessagesRequest, SaysWhichBlockItCannotSend) {
    const std::string at = "400 messages[0].content[0]";
    const Case cases[] = {
        {"unknown", R"([{"type":"container_upload","file_id":"f"}])",
         ".type: this provider takes no content of type \"container_upload\""},
        {"no type", R"([{"text":"a"}])", ".type: is required"},
        {"no object", R"(["a"])", ": must be an object"},
        {"no text", R"([{"type":"text"}])", ".text: must be a string"},
        {"a file", R"([{"type":"image","source":{"type":"file","file_id":"f"}}])",
         ".source.type: this provider cannot read Anthropic's files; send the image itself"},
        {"a PDF elsewhere", R"([{"type":"document","source":{"type":"url","url":"u"}}])",
         ".source.type: this provider takes no document of type \"url\""},
        {"no source", R"([{"type":"image"}])", ".source.type: is required"},
        {"no data", R"([{"type":"image","source":{"type":"base64","media_type":"image/png"}}])",
         ".source.data: must be a string"},
        {"a result without its call", R"([{"type":"tool_result","tool_use_id":"c9"}])",
         ".tool_use_id: no tool_use block before it has the id \"c9\""},
    };
    for (const Case& test : cases)
        EXPECT_EQ(user(test.given), at + test.expected) << test.name;
    EXPECT_EQ(messages_for(R"([{"role":"assistant","content":[{"type":"image"}]}])"),
              at + ".type: this provider cannot be told of a \"image\"");
    EXPECT_EQ(messages_for(R"([{"role":"assistant","content":[{"type":"tool_use","id":"c",)"
                           R"("name":"f","input":[]}]}])"),
              at + ".input: must be an object");
    EXPECT_EQ(messages_for(R"([{"role":"tool","content":"x"}])"),
              "400 messages[0].role: must be \"user\", \"assistant\" or \"system\"");
    EXPECT_EQ(messages_for(R"([{"role":"user"}])"), "400 messages[0].content: is required");
}

}  // namespace
}  // namespace gomodel::dialect
