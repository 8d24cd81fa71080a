// Tools of the Responses API that chat completions do not have: grouped in namespaces, custom, and
// those of the vendor. As coding agents send them.
#include <gomodel/json_tree.hpp>

#include <gtest/gtest.h>

#include <set>

#include "dialect/adapted_stream.hpp"
#include "dialect/responses/tool_names.hpp"
#include "support/grammar_check.hpp"

namespace gomodel::dialect {
namespace {

using json::Tree;

const std::string kTools =
    R"([{"type":"function","name":"find","description":"d","parameters":{},"strict":false,)"
    R"("defer_loading":true},)"
    R"({"type":"namespace","name":"mcp__docs__","description":"e","tools":[)"
    R"({"type":"function","name":"find","parameters":{"a":1}},)"
    R"({"type":"function","name":"read"}]},)"
    R"({"type":"namespace","name":"crm","tools":[{"type":"custom","name":"read.all"},)"
    R"({"type":"function","name":"read"},{"type":"function","name":"sell"}]},)"
    R"({"type":"custom","name":"apply_patch","description":"Edits.",)"
    R"("format":{"type":"grammar","syntax":"lark","definition":"start: \"x\""}},)"
    R"({"type":"web_search","external_web_access":true}])";

std::unique_ptr<Adapter> asked(std::string& chat, const std::string& more = R"(,"input":"x")") {
    auto adapter = adapter_over_chat(Endpoint::kResponses, {"id", 7});
    const auto request = adapter->request(R"({"model":"m","tools":)" + kTools + more + "}");
    const auto* const text = std::get_if<std::string>(&request);
    EXPECT_NE(text, nullptr) << std::get<ApiError>(request).message;
    if (text != nullptr) chat = *text;
    return adapter;
}

std::string member(const std::string& json, const char* name) {
    const Tree tree(json);
    EXPECT_TRUE(tree.ok()) << json;
    return std::string(tree.root()[name].raw());
}

TEST(ResponsesTools, AreFunctionsForTheModel) {
    std::string chat;
    asked(chat);
    EXPECT_EQ(member(chat, "tools"),
              R"([{"type":"function","function":{"name":"find","description":"d","parameters":{},)"
              R"("strict":false}},)"
              R"({"type":"function","function":{"name":"mcp__docs__find","parameters":{"a":1}}},)"
              R"({"type":"function","function":{"name":"mcp__docs__read"}},)"
              R"({"type":"function","function":{"name":"crm__read_all","parameters":)"
              R"({"type":"object","properties":{"input":{"type":"string","description":)"
              R"("The whole input, as plain text."}},"required":["input"],)"
              R"("additionalProperties":false}}},)"
              R"({"type":"function","function":{"name":"crm__read"}},)"
              R"({"type":"function","function":{"name":"crm__sell"}},)"
              R"({"type":"function","function":{"name":"apply_patch","description":)"
              R"("Edits.\n\nThe input has to match this lark grammar:\nstart: \"x\"","parameters":)"
              R"({"type":"object","properties":{"input":{"type":"string","description":)"
              R"("The whole input, as plain text."}},"required":["input"],)"
              R"("additionalProperties":false}}}])");
}

TEST(ResponsesTools, MayComeWithTheInput) {
    auto adapter = adapter_over_chat(Endpoint::kResponses, {"id", 7});
    const auto chat = adapter->request(
        R"({"model":"m","input":[{"type":"additional_tools","role":"developer","tools":)"
        R"([{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]}]},)"
        R"({"role":"user","content":"a"}],"parallel_tool_calls":true})");
    EXPECT_EQ(std::get<std::string>(chat),
              R"({"model":"m","parallel_tool_calls":true,"tools":[{"type":"function","function":)"
              R"({"name":"n__f"}}],"messages":[{"role":"user","content":"a"}]})");
}

TEST(ResponsesTools, AreChosenByTheNameTheModelKnows) {
    std::string chat;
    asked(chat,
          R"(,"input":"x","tool_choice":{"type":"function","namespace":"crm","name":"read"})");
    EXPECT_EQ(member(chat, "tool_choice"),
              R"({"type":"function","function":{"name":"crm__read"}})");
    asked(chat, R"(,"input":"x","tool_choice":{"type":"custom","name":"apply_patch"})");
    EXPECT_EQ(member(chat, "tool_choice"),
              R"({"type":"function","function":{"name":"apply_patch"}})");
    asked(chat, R"(,"input":"x","tool_choice":{"type":"allowed_tools","mode":"required","tools":)"
                R"([{"type":"function","namespace":"crm","name":"read"}]})");
    EXPECT_EQ(member(chat, "tools"), R"([{"type":"function","function":{"name":"crm__read"}}])");
    EXPECT_EQ(member(chat, "tool_choice"), R"("required")");
}

TEST(ResponsesTools, AreCalledAgainByTheNameTheModelKnows) {
    std::string chat;
    asked(
        chat,
        R"(,"input":[{"type":"function_call","call_id":"1","namespace":"crm","name":"read",)"
        R"("arguments":"{}"},{"type":"custom_tool_call","call_id":"2","name":"apply_patch",)"
        R"("input":"a\n\"b\""},{"type":"custom_tool_call_output","call_id":"2","output":"ok"},)"
        R"({"type":"function_call","call_id":"3","namespace":"gone","name":"f","arguments":""}])");
    EXPECT_EQ(member(chat, "messages"),
              R"([{"role":"assistant","content":null,"tool_calls":[)"
              R"({"id":"1","type":"function","function":{"name":"crm__read","arguments":"{}"}},)"
              R"({"id":"2","type":"function","function":{"name":"apply_patch",)"
              R"("arguments":"{\"input\":\"a\\n\\\"b\\\"\"}"}}]},)"
              R"({"role":"tool","tool_call_id":"2","content":"ok"},)"
              R"({"role":"assistant","content":null,"tool_calls":[)"
              R"({"id":"3","type":"function","function":{"name":"gone__f","arguments":""}}]}])");
}

std::string call(const std::string& name, const std::string& arguments) {
    std::string json = R"({"id":"c","type":"function","function":{"name":)";
    return json + json::quote(name) + R"(,"arguments":)" + json::quote(arguments) + "}}";
}

struct Called {
    std::string name;       // by the model
    std::string arguments;  // from it
    std::string item;       // what the client gets to see
};

const Called kCalled[] = {
    {"find", "{}", R"("type":"function_call","call_id":"c","name":"find","arguments":"{}")"},
    {"crm__read", "{}",
     R"("type":"function_call","call_id":"c","name":"read","namespace":"crm","arguments":"{}")"},
    {"mcp__docs__find", "{}",
     R"("type":"function_call","call_id":"c","name":"find","namespace":"mcp__docs__",)"
     R"("arguments":"{}")"},
    // Some models leave the namespace out, which tells the tool if no other has the name.
    {"sell", "{}",
     R"("type":"function_call","call_id":"c","name":"sell","namespace":"crm","arguments":"{}")"},
    {"read", "{}", R"("type":"function_call","call_id":"c","name":"read","arguments":"{}")"},
    {"crm__read_all", R"({"input":"a\n"})",
     R"("type":"custom_tool_call","call_id":"c","name":"read.all","namespace":"crm",)"
     R"("input":"a\n")"},
    {"apply_patch", R"({"input":"\"x\""})",
     R"("type":"custom_tool_call","call_id":"c","name":"apply_patch","input":"\"x\"")"},
    // The model did not keep to the function that stands for the tool.
    {"apply_patch", "*** Begin",
     R"("type":"custom_tool_call","call_id":"c","name":"apply_patch","input":"*** Begin")"},
};

std::string without(std::string text, const std::string& part) {
    const std::size_t at = text.find(part);
    return at == std::string::npos ? text : text.erase(at, part.size());
}

TEST(ResponsesTools, AreNamedInAnswersAsTheClientNamesThem) {
    for (const Called& one : kCalled) {
        std::string chat;
        const auto answer = asked(chat)->answer(R"({"choices":[{"message":{"tool_calls":[)" +
                                                call(one.name, one.arguments) +
                                                R"(]},"finish_reason":"tool_calls"}]})");
        const std::string output = member(std::get<std::string>(answer), "output");
        const std::string id = one.item.find("custom") == std::string::npos ? "fc_c" : "ctc_c";
        EXPECT_EQ(without(output, R"("status":"completed",)"),
                  R"([{"id":")" + id + "\"," + one.item + "}]");
    }
}

TEST(ResponsesTools, AreNamedInStreamsAsTheClientNamesThem) {
    for (const Called& one : kCalled) {
        std::string chat;
        const auto adapter = asked(chat);
        AdaptedStream stream(*adapter);
        std::string out;
        const auto chunk = [](const std::string& delta, const char* end) {
            return R"(data: {"choices":[{"index":0,"delta":)" + delta + R"(,"finish_reason":)" +
                   end + "}]}\n\n";
        };
        const std::size_t half = one.arguments.size() / 2;
        const auto piece = [](const std::string& part) {
            return R"({"tool_calls":[{"index":0,"function":{"arguments":)" + json::quote(part) +
                   "}}]}";
        };
        for (const std::string& event :
             {chunk(R"({"tool_calls":[{"index":0,"id":"c","function":{"name":")" + one.name +
                        R"("}}]})",
                    "null"),
              chunk(piece(one.arguments.substr(0, half)), "null"),
              chunk(piece(one.arguments.substr(half)), R"("tool_calls")"),
              std::string("data: [DONE]\n\n")}) {
            EXPECT_FALSE(stream.feed(event, out));
        }
        EXPECT_FALSE(stream.finish(out));
        EXPECT_EQ(tests::broken_rules(Endpoint::kResponses, out), "") << one.name << "\n" << out;
        // In the item that is done, and in the response that is completed.
        const std::string item = without(one.item, R"("type":)");
        const std::size_t named = item.find(',');
        std::size_t seen = 0;
        for (std::size_t at = 0; (at = out.find(item.substr(named), at)) != std::string::npos; ++at)
            ++seen;
        EXPECT_EQ(seen, 2U) << one.name << "\n" << out;
        const bool custom = one.item.find("custom") != std::string::npos;
        for (const char* const type :
             {"response.custom_tool_call_input.delta", "response.custom_tool_call_input.done"}) {
            EXPECT_EQ(out.find(type) != std::string::npos, custom) << one.name;
        }
        EXPECT_EQ(out.find("response.function_call_arguments") != std::string::npos, !custom);
    }
}

TEST(ResponsesTools, HaveNamesThatEveryProviderTakes) {
    const std::string space(50, 's');
    auto adapter = adapter_over_chat(Endpoint::kResponses, {"id", 7});
    const auto request = adapter->request(
        R"({"model":"m","input":"x","tools":[{"type":"function","name":"n__f"},)"
        R"({"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]},)"
        R"({"type":"namespace","name":")" +
        space +
        R"(","tools":[{"type":"function","name":"one_of_a_long_name"},)"
        R"({"type":"function","name":"one_of_a_long_nose"}]}]})");
    const std::string chat = std::get<std::string>(request);
    std::vector<std::string> names;
    const Tree tree(chat);
    for (const json::Node tool : tree.root()["tools"])
        names.push_back(tool["function"]["name"].text());
    ASSERT_EQ(names.size(), 4U);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 4U) << chat;
    for (const std::string& name : names)
        EXPECT_LE(name.size(), 64U) << name;
    // The plain function keeps its name, the other one is found by what it was given.
    EXPECT_EQ(names[0], "n__f");
    const auto answer =
        adapter->answer(R"({"choices":[{"message":{"tool_calls":[)" + call(names[0], "{}") + "," +
                        call(names[1], "{}") + "," + call(names[3], "{}") + "]}}]}");
    const std::string output = member(std::get<std::string>(answer), "output");
    EXPECT_NE(output.find(R"("name":"n__f","arguments")"), std::string::npos) << output;
    EXPECT_NE(output.find(R"("name":"f","namespace":"n")"), std::string::npos) << output;
    EXPECT_NE(output.find(R"("name":"one_of_a_long_nose","namespace":"ss)"), std::string::npos);
}

TEST(ToolNames, AreNotLookedForWithoutEnd) {
    const responses::ToolName tool{"space", "tool"};
    std::vector<std::string> taken;
    for (bool found = true; found && taken.size() < 100;) {
        responses::ToolNames names;
        for (const std::string& name : taken)
            names.keep(name);
        found = names.add(tool);
        EXPECT_FALSE(names.add(tool));
        if (found) taken.push_back(names.chat_name(tool));
    }
    EXPECT_EQ(taken.size(), 9u);  // the plain one, and eight with a mark
    EXPECT_EQ(taken.at(0), "space__tool");
    EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), taken.size());
}

}  // namespace
}  // namespace gomodel::dialect
