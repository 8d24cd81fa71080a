#include "grammar_case.hpp"

namespace gomodel::dialect::grammar {
namespace {

std::string framed(std::string_view json) {
    return "data: " + std::string(json) + "\n\n";
}

// A chunk with these choices.
std::string chunk(std::string_view choices, std::string_view rest = "") {
    std::string json = R"({"id":"c","created":7,"model":"m","choices":[)";
    json.append(choices).append("]").append(rest).append("}");
    return framed(json);
}
std::string delta(std::string_view members, std::string_view reason = "null", int index = 0) {
    return chunk(R"({"index":)" + std::to_string(index) + R"(,"delta":{)" + std::string(members) +
                 R"(},"finish_reason":)" + std::string(reason) + "}");
}
std::string call(std::string_view members) {
    return delta(R"("tool_calls":[{)" + std::string(members) + "}]");
}

const std::string kHello = delta(R"("role":"assistant","content":"a")");
const std::string kStop = delta("", R"("stop")");
const std::string kCalls = delta("", R"("tool_calls")");
const std::string kDone = framed("[DONE]");
const std::string kCall = call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{}"})");
const std::string kWithoutFinish =
    chunk(R"({"index":0,"delta":{"role":"assistant","content":"a"}})");
constexpr std::string_view kUsageMember = R"(,"usage":{"prompt_tokens":1})";
const std::string kUsage = chunk("", kUsageMember);

class ChatGrammarTest : public testing::TestWithParam<Case> {};

TEST_P(ChatGrammarTest, NotesWhatIsBroken) {
    check(Endpoint::kChat, GetParam());
}

const Case kCases[] = {
    {"Usual", {kHello, kStop, kUsage, kDone}, ""},
    {"NotJson", {kHello, framed("{\"choices\":["), kStop, kDone}, "not-json ended", {kHello}},
    {"NotJsonAtAll", {kHello, framed("oops"), kStop, kDone}, "not-json ended", {kHello}},
    {"TwoObjects", {kHello, framed("{}{}"), kDone}, "not-json ended", {kHello}},
    {"JsonButNoObject", {kHello, framed("null"), kStop, kDone}, "not-json counted"},
    {"ChoicesAndCallsThatAreNone",
     {kHello, chunk("null,7"), delta(R"("tool_calls":[null,7])"), kStop, kDone},
     ""},
    {"EmptyData", {kHello, "data\n\n", kStop, kDone}, "empty-data mended", {kHello, kStop, kDone}},
    {"NothingBeforeTheEnd", {kDone}, "missing-start counted"},
    {"MissingRole",
     {delta(R"("content":"a")"), delta(R"("content":"b")"), kStop, kDone},
     "missing-role mended",
     {delta(R"("role":"assistant","content":"a")"), delta(R"("content":"b")"), kStop, kDone}},
    {"RoleThatIsNull",
     {delta(R"("content":"a","role":null)"), kStop, kDone},
     "missing-role mended",
     {delta(R"("content":"a","role":"assistant")"), kStop, kDone}},
    {"RoleOfASecondChoice",
     {kHello, delta(R"("content":"a")", "null", 1), kStop, delta("", R"("stop")", 1), kDone},
     "missing-role mended",
     {kHello, delta(R"("role":"assistant","content":"a")", "null", 1), kStop,
      delta("", R"("stop")", 1), kDone}},
    {"RoleOfAChoiceWhoseIndexComesLast",
     {chunk(R"({"delta":{"content":"a"},"index":3})"), delta("", R"("stop")", 3), kDone},
     "missing-role mended",
     {chunk(R"({"delta":{"role":"assistant","content":"a"},"index":3})"), delta("", R"("stop")", 3),
      kDone}},
    {"RoleInEveryDelta",
     {kHello, kHello, delta(R"("content":"b" , "role" : "assistant")"),
      delta(R"("role":"assistant")", R"("stop")"), kDone},
     "repeated-role mended",
     {kHello, delta(R"("content":"a")"), delta(R"("content":"b" )"), kStop, kDone}},
    {"RoleOfSeveralChoicesInEveryDelta",
     {chunk(R"({"index":0,"delta":{"role":"assistant","content":"a"}},)"
            R"({"index":1,"delta":{"content":"b"}})"),
      chunk(R"({"index":0,"delta":{"role":"assistant"},"finish_reason":"stop"},)"
            R"({"index":1,"delta":{"role":"assistant"},"finish_reason":"stop"})"),
      kDone},
     "missing-role mended, repeated-role mended",
     {chunk(R"({"index":0,"delta":{"role":"assistant","content":"a"}},)"
            R"({"index":1,"delta":{"role":"assistant","content":"b"}})"),
      chunk(R"({"index":0,"delta":{},"finish_reason":"stop"},)"
            R"({"index":1,"delta":{},"finish_reason":"stop"})"),
      kDone}},
    {"MissingIndex",
     {chunk(R"({"delta":{"role":"assistant","content":"a"}})"), kStop, kDone},
     "missing-index mended",
     {kWithoutFinish, kStop, kDone}},
    {"IndexThatIsNone",
     {chunk(R"({"index":null,"delta":{"role":"assistant","content":"a"}})"), kStop, kDone},
     "missing-index mended",
     {kWithoutFinish, kStop, kDone}},
    {"ChoiceOfNothing", {kHello, chunk("{}"), kStop, kDone}, "missing-index counted"},
    {"MissingIndexOfACall",
     {kHello, call(R"("id":"1","function":{"name":"f","arguments":"{"})"),
      call(R"("function":{"arguments":"}"})"),
      call(R"("id":"2","function":{"name":"f","arguments":"{"})"),
      call(R"("id":"2","function":{"arguments":"}"})"), kCalls, kDone},
     "missing-index mended, repeated-call-id mended",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{"})"),
      call(R"("index":0,"function":{"arguments":"}"})"),
      call(R"("index":1,"id":"2","function":{"name":"f","arguments":"{"})"),
      call(R"("index":1,"function":{"arguments":"}"})"), kCalls, kDone}},
    {"OnlyTheRepeatedCallId",
     {kHello, call(R"("id":"1","function":{"name":"f","arguments":"{}"})"), call(R"( "id":"1" )"),
      kCalls, kDone},
     "missing-index mended, repeated-call-id mended",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{}"})"),
      call(R"("index":0  )"), kCalls, kDone}},
    {"DeltasInFrontOfTheirIndex",
     {chunk(R"({"delta":{"role":"assistant","content":"a"},"index":null,)"
            R"("delta":{"role":"assistant","content":"b"}})"),
      kStop, kDone},
     "missing-index mended, repeated-role mended",
     {chunk(R"({"delta":{"role":"assistant","content":"a"},"index":0,)"
            R"("delta":{"content":"b"}})"),
      kStop, kDone}},
    {"RepeatedCallId",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":"})"),
      call(R"("index":0,"id":"1","type":"function","function":{"name":"f","arguments":"1}"})"),
      kCalls, kDone},
     "repeated-call-id mended",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":"})"),
      call(R"("index":0,"type":"function","function":{"arguments":"1}"})"), kCalls, kDone}},
    {"UnnamedToolCall",
     {kHello, call(R"("index":0,"function":{"name":"f","arguments":"{}"})"), kCalls, kDone},
     "unnamed-tool-call counted"},
    {"IncompleteArguments",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":"})"), kCalls,
      kDone},
     "incomplete-arguments counted"},
    {"ArgumentsThatDoNotEnd",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{}{"})"), kCalls,
      kDone},
     "incomplete-arguments counted"},
    {"MissingFinish",
     {kHello, kDone},
     "missing-finish mended",
     {kHello,
      framed(R"({"id":"c","created":7,"model":"m","object":"chat.completion.chunk","choices":)"
             R"([{"index":0,"delta":{},"finish_reason":"stop"}]})"),
      kDone}},
    {"MissingFinishOfCalls",
     {kHello, kCall, kDone},
     "missing-finish mended",
     {kHello, kCall,
      framed(R"({"id":"c","created":7,"model":"m","object":"chat.completion.chunk","choices":)"
             R"([{"index":0,"delta":{},"finish_reason":"tool_calls"}]})"),
      kDone}},
    {"RepeatedFinish", {kHello, kStop, kStop, kDone}, "repeated-finish counted", {}, true},
    {"ContentAfterFinish",
     {kHello, kStop, delta(R"("content":"b")"), kDone},
     "content-after-finish counted"},
    {"RepeatedUsage",
     {kHello, kStop, kUsage, kUsage, kDone},
     "repeated-usage mended",
     {kHello, kStop, kUsage, kDone}},
    {"OtherUsage",
     {kHello, kStop, kUsage, chunk("", R"(,"usage":{"prompt_tokens":2})"), kDone},
     "repeated-usage counted"},
    {"OtherUsageTwice",
     {kHello, kStop, kUsage, chunk("", R"(,"usage":{"prompt_tokens":2})"),
      chunk("", R"(,"usage":{"prompt_tokens":2})"), kDone},
     "repeated-usage counted, repeated-usage mended",
     {kHello, kStop, kUsage, chunk("", R"(,"usage":{"prompt_tokens":2})"), kDone}},
    {"UsageWithEveryChunk",
     {chunk(R"({"index":0,"delta":{"role":"assistant","content":"a"}})", kUsageMember),
      chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})", kUsageMember), kDone},
     "repeated-usage counted",
     {},
     true},
    {"ChangedId",
     {kHello, framed(R"({"id":"d","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"),
      kDone},
     "changed-id counted",
     {},
     true},
    {"UnknownChunk",
     {kHello, framed("{\"id\":\"c\"}"), kStop, kDone},
     "unknown-chunk counted",
     {},
     true},
    {"EventAfterEnd",
     {kHello, kStop, kDone, kDone, kStop},
     "event-after-end mended",
     {kHello, kStop, kDone}},
    {"EventAfterError",
     {kHello, framed(R"({"error":{"message":"x"}})"), kStop, kDone},
     "event-after-end mended",
     {kHello, framed(R"({"error":{"message":"x"}})"), kDone}},
    {"MissingEnd", {kHello, kStop}, "missing-end mended", {kHello, kStop, kDone}},
    {"CutOff", {kHello}, "missing-end ended", {kHello}},
};
INSTANTIATE_TEST_SUITE_P(Broken, ChatGrammarTest, testing::ValuesIn(kCases), name_of);

// What the vendors' servers are known to send, and clients to bear.
const Case kBorne[] = {
    {"KeepAlive", {": OPENROUTER PROCESSING\n\n", kHello, ": ping\n\n", kStop, kDone, ":\n\n"}},
    {"AzuresFirstChunk",
     {framed(R"({"id":"","created":0,"model":"","object":"","choices":[],)"
             R"("prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]})"),
      kHello, kStop, kDone}},
    {"AzuresFilterResultsAfterTheEnd",
     {kHello, kStop,
      chunk(R"({"index":0,"finish_reason":null,"content_filter_results":{},)"
            R"("content_filter_offsets":{"check_offset":44}})"),
      kDone}},
    {"RoleInADeltaOfItsOwn", {delta(R"("role":"assistant")"), kStop, kDone}},
    {"EmptyDeltas", {delta(""), delta(R"("content":"","role":"assistant")"), kStop, kDone}},
    {"NullsInsteadOfNothing",
     {kHello, delta(R"("content":null,"tool_calls":null,"refusal":null)", R"("")"), kStop, kDone}},
    {"SeveralChoices",
     {kHello, delta(R"("role":"assistant","content":"b")", "null", 1), kStop,
      delta(R"("content":"c")", "null", 1), delta("", R"("length")", 1), kDone}},
    {"ChoicesOfOneChunk",
     {chunk(R"({"index":0,"delta":{"role":"assistant","content":"a"}},)"
            R"({"index":1,"delta":{"role":"assistant","content":"b"}})"),
      chunk(R"({"index":0,"delta":{},"finish_reason":"stop"},)"
            R"({"index":1,"delta":{},"finish_reason":"stop"})"),
      kDone}},
    {"CallsInParallel",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":""})"),
      call(R"("index":1,"id":"2","function":{"name":"g","arguments":"{\"\\u00e9\": [1,"})"),
      call(R"("index":0,"function":{"arguments":" {\"q\":\"\\\"}{\\\"\"} "})"),
      call(R"("index":1,"function":{"arguments":"true, null, -1.5e3]}"})"), kCalls, kDone}},
    {"ArgumentsThatAreCutOff",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":"})"),
      delta("", R"("length")"), kDone}},
    {"ArgumentsOfAFilteredAnswer",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":"{\"a\":"})"),
      delta("", R"("MALFORMED_FUNCTION_CALL")"), kDone}},
    {"ArgumentsThatAreNoText",
     {kHello, call(R"("index":0,"id":"1","function":{"name":"f","arguments":{"a":1}})"), kCalls,
      kDone}},
    {"UsageBesideTheChoices",
     {chunk(R"({"index":0,"delta":{"role":"assistant","content":"a"}})", kUsageMember),
      chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})", kUsageMember), kUsage, kDone}},
    {"FinishTwice", {kHello, kStop, kStop, kDone}},
    {"AnErrorThatIsNull",
     {chunk(R"({"index":0,"delta":{"role":"assistant","content":"a"}})", R"(,"error":null)"), kStop,
      kDone}},
    {"AnErrorBeforeTheEnd", {kHello, framed(R"({"error":{"message":"x"}})"), kDone}},
    {"AnErrorAtTheEnd", {kHello, framed(R"({"error":"x","code":503})")}},
    {"UnknownChunks", {framed(R"({"object":"x.metadata"})"), kHello, kStop, kDone}},
    {"IdsThatChange",
     {kHello, framed(R"({"id":"d","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"),
      kDone}},
    {"SpaceEverywhere",
     {"data:  { \"choices\" : [ { \"index\" : 0 , \"delta\" : { \"role\" : \"assistant\" , "
      "\"content\" : \"a\\\\\\\"\" } } ] }\r\n\r\n",
      kStop, kDone}},
    {"OverTwoLines",
     {"data: {\"choices\":[{\"index\":0,\ndata: "
      "\"delta\":{\"role\":\"assistant\",\"content\":\"a\"}"
      "}]}\n\n",
      kStop, kDone}},
    {"Logprobs",
     {chunk(R"({"index":0,"delta":{"role":"assistant","content":"}"},"logprobs":{"content":)"
            R"([{"token":"}","bytes":[125],"top_logprobs":[]}]},"finish_reason":null})"),
      kStop, kDone}},
    {"Reasoning",
     {delta(R"("role":"assistant","content":null,"reasoning_content":"b")"), kStop, kDone}},
};
INSTANTIATE_TEST_SUITE_P(Borne, ChatGrammarTest, testing::ValuesIn(kBorne), name_of);

// Usage is in a chat stream if it was asked for.
TEST(ChatGrammar, MissesUsageThatWasAskedFor) {
    const auto broken = [](const std::vector<std::string>& events) {
        StreamFilter filter(Endpoint::kChat, false);
        filter.expect_usage();
        std::vector<std::string_view> out;
        const std::string stream = joined(events);
        filter.feed(stream, out);
        filter.finish(out);
        std::string rules;
        for (const Violation& violation : filter.take_violations())
            rules.append(to_string(violation.rule)).append(" ").append(to_string(violation.action));
        return rules;
    };
    EXPECT_EQ(broken({kHello, kStop, kDone}), "missing-usage counted");
    EXPECT_EQ(broken({kHello, kStop, chunk("", R"(,"usage":null)"), kDone}),
              "missing-usage counted");
    EXPECT_EQ(broken({kHello, kStop}), "missing-end mendedmissing-usage counted");
    EXPECT_EQ(broken({kHello, kStop, kUsage, kDone}), "");
    EXPECT_EQ(
        broken({kHello, chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})", kUsageMember),
                kDone}),
        "");
    // Nobody knows what was not said.
    EXPECT_EQ(broken({kHello, framed(R"({"error":{"message":"x"}})"), kDone}), "");
    EXPECT_EQ(broken({kHello}), "missing-end ended");
    EXPECT_EQ(broken({kDone}), "missing-start counted");
}

// An event that is not read whole may have said anything.
TEST(ChatGrammar, KnowsNothingOfAnEventThatIsTooLarge) {
    const std::string large =
        delta(R"("content":")" + std::string(std::size_t{600} * 1024, 'y') + R"(")");
    check(Endpoint::kChat,
          {"", {large, call(R"("index":0,"function":{"arguments":"1}"})"), kDone}});
    check(Endpoint::kChat,
          {"", {kHello, kStop, kDone, large}, "event-after-end mended", {kHello, kStop, kDone}});
}

}  // namespace
}  // namespace gomodel::dialect::grammar
