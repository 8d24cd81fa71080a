// What the recorded exchanges do not show of answers: each reason to stop, sums, dates, odd blocks.
#include <gtest/gtest.h>

#include "anthropic/answer.hpp"
#include "anthropic/dates.hpp"
#include "anthropic/finish.hpp"
#include "anthropic/model_list.hpp"
#include "anthropic/usage.hpp"
#include "json_compare.hpp"

namespace anthropic {
namespace {

using gomodel::json::Tree;

// The message that an answer with these blocks becomes.
std::string message(const std::string& blocks) {
    const Translated answer =
        translate_answer(R"({"id":"m","content":[)" + blocks + "]}", "asked", 5);
    EXPECT_FALSE(answer.error) << answer.json;
    const Tree tree(answer.json);
    for (const gomodel::json::Node choice : tree.root()["choices"])
        return std::string(choice["message"].raw());
    return {};
}

std::string usage(std::initializer_list<const char*> objects) {
    Usage sum;
    for (const char* const object : objects) {
        const Tree tree(object);
        sum.take(tree.root());
    }
    gomodel::json::Out out;
    sum.write(out);
    return out.text();
}

TEST(Answer, EveryReasonToStop) {
    const struct {
        const char* theirs;
        const char* ours;
    } cases[] = {
        {R"("end_turn")", "stop"},
        {R"("stop_sequence")", "stop"},
        {R"("max_tokens")", "length"},
        {R"("model_context_window_exceeded")", "length"},
        {R"("tool_use")", "tool_calls"},
        {R"("refusal")", "content_filter"},
        {R"("pause_turn")", "pause_turn"},
        {R"("")", "stop"},
        {"null", "stop"},
        {"7", "stop"},
    };
    for (const auto& each : cases) {
        const Tree tree(each.theirs);
        EXPECT_EQ(finish_reason(tree.root()), each.ours) << each.theirs;
    }
    EXPECT_EQ(finish_reason({}), "stop");
}

TEST(Answer, TextOfSeveralBlocks) {
    const std::string a = R"({"type":"text","text":"a"})";
    const std::string b = R"({"type":"text","text":"b"})";
    const std::string cited = R"({"type":"text","text":"c","citations":[{"x":1}]})";
    const std::string thought = R"({"type":"thinking","thinking":"t","signature":"s"})";
    const auto content = [](const std::string& blocks) {
        const std::string said = message(blocks);
        const Tree tree(said);
        return std::string(tree.root()["content"].raw());
    };
    EXPECT_EQ(content(a + "," + b), R"("a\n\nb")");
    EXPECT_EQ(content(a + "," + cited), R"("ac")");
    EXPECT_EQ(content(thought + "," + a), R"("a")");
    EXPECT_EQ(content(a + "," + thought + "," + b), R"("b")");
    EXPECT_EQ(content(""), R"("")");
    EXPECT_EQ(content(R"({"type":"server_tool_use","name":"web_search","input":{}},)" + a),
              R"("a")");
    EXPECT_EQ(content(R"({"type":"tool_use","id":"i","name":"f","input":{}})"), "null");
    EXPECT_EQ(content(R"({"type":"tool_use","id":"i","input":{}})"), R"("")");
}

TEST(Answer, ArgumentsKeepTheirNumbersAndLoseTheirSpace) {
    const std::string said =
        message(R"({"type":"tool_use","id":"i","name":"f","input":{ "a" : [1.50, "x  \" y"] }})");
    EXPECT_NE(said.find(R"("arguments":"{\"a\":[1.50,\"x  \\\" y\"]}")"), std::string::npos)
        << said;
    EXPECT_NE(message(R"({"type":"tool_use","id":"i","name":"f"})").find(R"("arguments":"{}")"),
              std::string::npos);
}

TEST(Answer, TheModelAskedForStandsInForNone) {
    const auto model = [](const char* body) {
        const Translated answer = translate_answer(body, "asked", 5);
        const Tree tree(answer.json);
        EXPECT_EQ(tree.root()["created"].raw(), "5");
        return tree.root()["model"].text();
    };
    EXPECT_EQ(model(R"({"content":[],"model":"theirs"})"), "theirs");
    EXPECT_EQ(model(R"({"content":[],"model":""})"), "asked");
    EXPECT_EQ(model(R"({"content":[]})"), "asked");
}

TEST(Answer, WhatIsNoMessageIsAnError) {
    for (const char* const body : {"", "{", "[]", "{}", R"({"content":{}})", "<html>"}) {
        const Translated answer = translate_answer(body, "m", 5);
        EXPECT_TRUE(answer.error) << body;
        EXPECT_NE(answer.json.find("not a message"), std::string::npos) << body;
    }
    const Translated told = translate_answer(
        R"({"type":"error","error":{"type":"api_error","message":"Out of \"order\""}})", "m", 5);
    EXPECT_TRUE(told.error);
    expect_json(told.json, R"({"error":{"message":"Out of \"order\"","type":"provider_error",)"
                           R"("param":null,"code":"api_error"}})");
}

TEST(Usage, CountsTheCacheIntoThePrompt) {
    expect_json(usage({R"({"input_tokens":3,"output_tokens":4,"cache_read_input_tokens":10,)"
                       R"("cache_creation_input_tokens":20})"}),
                R"({"prompt_tokens":33,"completion_tokens":4,"total_tokens":37,)"
                R"("prompt_tokens_details":{"cached_tokens":10,"audio_tokens":0},)"
                R"("cache_read_input_tokens":10,"cache_creation_input_tokens":20})");
    EXPECT_EQ(usage({}), "null");
    EXPECT_EQ(usage({"null"}), "null");
}

TEST(Usage, ALaterCountReplacesAnEarlierOneUnlessItIsNothing) {
    expect_json(usage({R"({"input_tokens":3,"output_tokens":1,"cache_read_input_tokens":10})",
                       R"({"input_tokens":0,"output_tokens":9,"cache_read_input_tokens":0,)"
                       R"("server_tool_use":{"web_search_requests":1},"service_tier":null})"}),
                R"({"prompt_tokens":13,"completion_tokens":9,"total_tokens":22,)"
                R"("prompt_tokens_details":{"cached_tokens":10,"audio_tokens":0},)"
                R"("cache_read_input_tokens":10,"server_tool_use":{"web_search_requests":1}})");
}

TEST(Usage, TellsWhatWasThought) {
    const std::string told =
        usage({R"({"output_tokens":9,"output_tokens_details":{"thinking_tokens":6}})"});
    EXPECT_NE(told.find(R"("completion_tokens_details":{"reasoning_tokens":6})"),
              std::string::npos);
    EXPECT_EQ(usage({R"({"output_tokens":9})"}).find("reasoning_tokens"), std::string::npos);
}

TEST(Dates, OfAnswers) {
    EXPECT_EQ(read_http_date("Tue, 15 Nov 1994 08:12:31 GMT"), 784887151);
    EXPECT_EQ(read_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
    for (const char* const bad :
         {"", "Tue, 15 Nov 1994", "Tue, 32 Nov 1994 08:12:31 GMT", "Tue, 15 Nox 1994 08:12:31 GMT",
          "Tue, 15 Nov 1994 24:12:31 GMT", "Tuesday, 15-Nov-94 08:12:31 G"}) {
        EXPECT_EQ(read_http_date(bad), std::nullopt) << bad;
    }
}

TEST(Dates, OfModels) {
    EXPECT_EQ(read_timestamp("1994-11-15T08:12:31Z"), 784887151);
    EXPECT_EQ(read_timestamp("1994-11-15T08:12:31.123456Z"), 784887151);
    EXPECT_EQ(read_timestamp("1994-11-15T10:12:31+02:00"), 784887151);
    EXPECT_EQ(read_timestamp("1994-11-15T03:42:31-04:30"), 784887151);
    for (const char* const bad : {"", "1994", "1994-11-15", "1994-13-15T08:12:31Z",
                                  "1994-11-15T08:12:31", "1994-11-15T08:12:31+"}) {
        EXPECT_EQ(read_timestamp(bad), std::nullopt) << bad;
    }
}

TEST(Models, PagesAreOneList) {
    ModelList list;
    ASSERT_TRUE(list.add(
        R"({"data":[{"id":"a","created_at":"1970-01-01T00:00:09Z"}],"has_more":true})", 5));
    EXPECT_EQ(list.after(), "a");
    ASSERT_TRUE(
        list.add(R"({"data":[{"id":"b","created_at":"?"},{"id":""},7],"has_more":false})", 5));
    EXPECT_EQ(list.after(), "");
    expect_json(list.finish(),
                R"({"object":"list","data":[)"
                R"({"id":"a","object":"model","created":9,"owned_by":"anthropic"},)"
                R"({"id":"b","object":"model","created":5,"owned_by":"anthropic"}]})");
}

TEST(Models, APageThatComesAgainIsTheLast) {
    ModelList list;
    const char* const page = R"({"data":[{"id":"a"}],"has_more":true})";
    ASSERT_TRUE(list.add(page, 5));
    ASSERT_TRUE(list.add(page, 5));
    EXPECT_EQ(list.after(), "");
    ASSERT_TRUE(list.add(R"({"data":[],"has_more":true})", 5));
    EXPECT_EQ(list.after(), "");
    EXPECT_FALSE(list.add("[]", 5));
}

}  // namespace
}  // namespace anthropic
