// The two dialects whose events are named: messages and responses.
#include "grammar_case.hpp"

namespace gomodel::dialect::grammar {
namespace {

std::string event(std::string_view type, std::string_view members = "") {
    std::string data = R"({"type":")" + std::string(type) + "\"";
    if (!members.empty()) data.append(",").append(members);
    std::string text;
    append_sse(text, type, data + "}");
    return text;
}

// Messages.

const std::string kStart =
    event("message_start", R"("message":{"id":"m","usage":{"input_tokens":1,"output_tokens":1}})");
std::string block(int index, std::string_view members = R"("type":"text","text":"")") {
    return event("content_block_start", R"("index":)" + std::to_string(index) +
                                            R"(,"content_block":{)" + std::string(members) + "}");
}
std::string delta(int index, std::string_view type, std::string_view member) {
    return event("content_block_delta", R"("index":)" + std::to_string(index) +
                                            R"(,"delta":{"type":")" + std::string(type) + "\"," +
                                            std::string(member) + "}");
}
std::string text(int index) {
    return delta(index, "text_delta", R"("text":"a")");
}
std::string input(int index, std::string_view json) {
    return delta(index, "input_json_delta", R"("partial_json":")" + std::string(json) + "\"");
}
std::string stop(int index) {
    return event("content_block_stop", R"("index":)" + std::to_string(index));
}
std::string reason(std::string_view why) {
    return event("message_delta", R"("delta":{"stop_reason":")" + std::string(why) +
                                      R"(","stop_sequence":null},"usage":{"output_tokens":2})");
}
const std::string kTool = R"("type":"tool_use","id":"t","name":"f","input":{})";
const std::string kEndTurn = reason("end_turn");
const std::string kToolUse = reason("tool_use");
const std::string kStopMessage = event("message_stop");
const std::string kPing = event("ping");

class MessagesGrammarTest : public testing::TestWithParam<Case> {};

TEST_P(MessagesGrammarTest, NotesWhatIsBroken) {
    check(Endpoint::kMessages, GetParam());
}

const Case kMessages[] = {
    {"Usual",
     {kStart, kPing, block(0), text(0), stop(0), block(1, kTool), input(1, ""),
      input(1, "{\\\"a\\\":"), input(1, "[1]}"), stop(1), kToolUse, kStopMessage}},
    {"NoInputAtAll", {kStart, block(0, kTool), stop(0), kToolUse, kStopMessage}},
    {"InputThatIsCutOff",
     {kStart, block(0, kTool), input(0, "{"), stop(0), reason("max_tokens"), kStopMessage}},
    {"UnknownEvents",
     {kStart, event("new", R"("index":9)"), block(0, R"("type":"new")"),
      delta(0, "new_delta", R"("x":1)"), stop(0), kEndTurn, kStopMessage}},
    {"ErrorFirst", {event("error", R"("error":{"type":"overloaded_error"})")}},
    {"KeepAlive", {kStart, ": ping\n\n", block(0), stop(0), kEndTurn, kStopMessage, ":\n\n"}},
    {"TwoMessageDeltas",
     {kStart, event("message_delta", R"("delta":{"stop_reason":null},"usage":{})"), kEndTurn,
      kStopMessage}},
    {"NotJson", {kStart, "event: ping\ndata: {\n\n", kEndTurn}, "not-json ended", {kStart}},
    {"ErrorThatIsNoObject", {kStart, "event: error\ndata: [7]\n\n"}, "not-json counted"},
    {"JsonButNoObject",
     {kStart, "event: x\ndata: 7\n\n", kEndTurn, kStopMessage},
     "not-json counted"},
    {"EmptyData",
     {kStart, "event: x\ndata:\n\n", kEndTurn, kStopMessage},
     "empty-data mended",
     {kStart, kEndTurn, kStopMessage}},
    {"MissingStart", {kPing, block(0), kStopMessage}, "missing-start ended", {kPing}},
    {"RepeatedStart",
     {kStart, kStart, kEndTurn, kStopMessage},
     "repeated-start mended",
     {kStart, kEndTurn, kStopMessage}},
    {"MissingUsageOfTheStart",
     {event("message_start", R"("message":{})"), kEndTurn, kStopMessage},
     "missing-usage counted"},
    {"MissingUsageOfTheEnd",
     {kStart, event("message_delta", R"("delta":{"stop_reason":"end_turn"})"), kStopMessage},
     "missing-usage counted"},
    {"MissingType",
     {kStart, "event: ping\ndata: {}\n\n", kEndTurn, kStopMessage},
     "missing-type counted"},
    {"MissingEventName",
     {"id: 1\n" + kStart.substr(kStart.find('\n') + 1), kEndTurn, kStopMessage},
     "missing-event-name mended",
     {"event: message_start\nid: 1\n" + kStart.substr(kStart.find('\n') + 1), kEndTurn,
      kStopMessage}},
    {"EmptyEventName",
     {"event:\nid: 1\n" + kStart.substr(kStart.find('\n') + 1), kEndTurn, kStopMessage},
     "missing-event-name mended",
     {"event: message_start\nid: 1\n" + kStart.substr(kStart.find('\n') + 1), kEndTurn,
      kStopMessage}},
    {"WrongEventName",
     {kStart, "event: ping\ndata: {\"type\":\"pong\"}\n\n", kEndTurn, kStopMessage},
     "wrong-event-name counted"},
    {"ForeignEnd",
     {kStart, kEndTurn, "data: [DONE]\n\n", kStopMessage},
     "foreign-end mended",
     {kStart, kEndTurn, kStopMessage}},
    {"RepeatedBlock",
     {kStart, block(0), stop(0), block(0), text(0), stop(0), kEndTurn, kStopMessage},
     "repeated-block counted"},
    {"RepeatedBlockThatIsOpen",
     {kStart, block(0), block(0), text(0), kEndTurn, kStopMessage},
     "repeated-block counted, block-not-stopped mended",
     {kStart, block(0), block(0), text(0), stop(0), kEndTurn, kStopMessage}},
    {"MessageStopUnderAnotherName",
     {kStart, kEndTurn, "event: x\ndata: {\"type\":\"message_stop\"}\n\n"},
     "wrong-event-name counted"},
    {"BlockOutOfOrder",
     {kStart, block(2), stop(2), kEndTurn, kStopMessage},
     "block-out-of-order counted"},
    {"OverlappingBlocks",
     {kStart, block(0), block(1), text(0), text(1), stop(0), stop(1), kEndTurn, kStopMessage},
     "overlapping-blocks counted"},
    {"TextWithoutBlock",
     {kStart, text(0), stop(0), kEndTurn, kStopMessage},
     "delta-without-block mended",
     {kStart, block(0), text(0), stop(0), kEndTurn, kStopMessage}},
    {"ThinkingWithoutBlock",
     {kStart, delta(0, "thinking_delta", R"("thinking":"a")"), stop(0), kEndTurn, kStopMessage},
     "delta-without-block mended",
     {kStart, block(0, R"("type":"thinking","thinking":"","signature":"")"),
      delta(0, "thinking_delta", R"("thinking":"a")"), stop(0), kEndTurn, kStopMessage}},
    {"InputWithoutBlock",
     {kStart, block(0), stop(0), input(1, "{}"), kToolUse, kStopMessage},
     "delta-without-block ended",
     {kStart, block(0), stop(0)}},
    {"DeltaAfterBlock",
     {kStart, block(0), stop(0), text(0), kEndTurn, kStopMessage},
     "delta-after-block counted"},
    {"WrongDelta",
     {kStart, block(0), input(0, "{}"), stop(0), kEndTurn, kStopMessage},
     "wrong-delta counted"},
    {"MissingIndex",
     {kStart, event("content_block_start", R"("content_block":{"type":"text"})"), stop(0), kEndTurn,
      kStopMessage},
     "missing-index counted"},
    {"StopWithoutBlock",
     {kStart, block(0), stop(0), stop(0), stop(1), kEndTurn, kStopMessage},
     "stop-without-block mended",
     {kStart, block(0), stop(0), kEndTurn, kStopMessage}},
    {"BlockNotStopped",
     {kStart, block(0), text(0), kEndTurn, kStopMessage},
     "block-not-stopped mended",
     {kStart, block(0), text(0), stop(0), kEndTurn, kStopMessage}},
    {"IncompleteArguments",
     {kStart, block(0, kTool), input(0, "{\\\"a\\\""), stop(0), kToolUse, kStopMessage},
     "incomplete-arguments counted"},
    {"ContentAfterFinish",
     {kStart, kEndTurn, block(0), stop(0), kStopMessage},
     "content-after-finish counted"},
    {"MissingFinish", {kStart, kStopMessage}, "missing-finish counted"},
    {"EventAfterEnd",
     {kStart, kEndTurn, kStopMessage, "data: [DONE]\n\n", kPing},
     "event-after-end mended",
     {kStart, kEndTurn, kStopMessage}},
    {"MissingEnd", {kStart, kEndTurn}, "missing-end mended", {kStart, kEndTurn, kStopMessage}},
    {"MissingEndOfABlockToo",
     {kStart, kEndTurn, block(0), text(0)},
     "content-after-finish counted, missing-end mended, block-not-stopped mended",
     {kStart, kEndTurn, block(0), text(0), stop(0), kStopMessage}},
    {"CutOff", {kStart}, "missing-end ended", {kStart}},
};
INSTANTIATE_TEST_SUITE_P(Messages, MessagesGrammarTest, testing::ValuesIn(kMessages), name_of);

// Responses.

int next = 0;  // the sequence number; kResponses is put together in order
std::string numbered(std::string_view type, std::string_view members = "") {
    std::string all = R"("sequence_number":)" + std::to_string(next++);
    if (!members.empty()) all.append(",").append(members);
    return event(type, all);
}
std::string of_item(std::string_view type, int index, std::string_view members = "") {
    std::string all = R"("output_index":)" + std::to_string(index);
    if (!members.empty()) all.append(",").append(members);
    return numbered("response." + std::string(type), all);
}
std::string created() {
    next = 0;
    return numbered("response.created", R"("response":{"usage":null})");
}
std::string added(int index, std::string_view id = "i") {
    return of_item("output_item.added", index, R"("item":{"id":")" + std::string(id) + R"("})");
}
std::string part(int index) {
    return of_item("content_part.added", index, R"("content_index":0,"part":{})");
}
std::string part_done(int index) {
    return of_item("content_part.done", index, R"("content_index":0,"part":{})");
}
std::string said(int index) {
    return of_item("output_text.delta", index, R"("item_id":"i","content_index":0,"delta":"a")");
}
std::string done(int index, std::string_view status = "completed") {
    return of_item("output_item.done", index,
                   R"("item":{"id":"i","status":")" + std::string(status) + R"("})");
}
std::string arguments(int index, std::string_view json) {
    return of_item("function_call_arguments.delta", index,
                   R"("item_id":"i","delta":")" + std::string(json) + R"(")");
}
std::string completed() {
    return numbered("response.completed", R"("response":{"usage":{"input_tokens":1}})");
}
const std::string kDone = "data: [DONE]\n\n";

class ResponsesGrammarTest : public testing::TestWithParam<Case> {};

TEST_P(ResponsesGrammarTest, NotesWhatIsBroken) {
    check(Endpoint::kResponses, GetParam());
}

const Case kResponses[] = {
    {"Usual",
     {created(), numbered("response.in_progress"), added(0), part(0), said(0),
      of_item("output_text.done", 0), part_done(0), done(0), added(1), arguments(1, "{\\\"a\\\":"),
      arguments(1, "1}"), of_item("function_call_arguments.done", 1, R"("arguments":"{\"a\":1}")"),
      done(1), completed(), kDone}},
    {"Reasoning",
     {created(), added(0), of_item("reasoning_summary_part.added", 0, R"("summary_index":0)"),
      of_item("reasoning_summary_text.delta", 0, R"("summary_index":0,"delta":"a")"),
      of_item("reasoning_summary_part.done", 0, R"("summary_index":0)"), done(0), completed(),
      kDone}},
    {"UnknownEvents",
     {created(), of_item("web_search_call.searching", 7),
      event("keepalive", R"("sequence_number":2)"), (next = 3, completed()), kDone}},
    {"WithoutSequence",
     {event("response.created"),
      event("response.completed", R"("response":{"usage":{"input_tokens":1}})"), kDone}},
    {"WithoutNames",
     {"data: {\"type\":\"response.created\"}\n\n",
      "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{}}}\n\n", kDone}},
    {"ServerWithoutItems", {created(), said(0), completed(), kDone}, "delta-without-item counted"},
    {"CallThatIsCutOff",
     {created(), added(0), arguments(0, "{"), done(0, "incomplete"),
      numbered("response.incomplete"), kDone}},
    {"ErrorAfterFailed", {created(), numbered("response.failed"), numbered("error"), kDone}},
    {"FailedAfterError", {created(), numbered("error"), numbered("response.failed"), kDone}},
    {"NotJson", {created(), "data: {]\n\n", completed()}, "not-json ended", {(created())}},
    {"JsonButNoObject", {created(), "data: 7\n\n", completed(), kDone}, "not-json counted"},
    {"ErrorThatIsNoObject", {created(), "event: error\ndata: [7]\n\n", kDone}, "not-json counted"},
    {"EmptyData",
     {created(), "data:\n\n", completed(), kDone},
     "empty-data mended",
     {created(), completed(), kDone}},
    {"MissingStart", {(next = 0, added(0)), done(0), completed(), kDone}, "missing-start counted"},
    {"RepeatedStart",
     {created(), numbered("response.created"), completed(), kDone},
     "repeated-start counted"},
    {"MissingType",
     {created(), "event: x\ndata: {\"sequence_number\":1}\n\n", (next = 2, completed()), kDone},
     "missing-type counted"},
    {"MissingEventName",
     {created(),
      R"(data: {"type":"x","sequence_number":1})"
      "\n\n",
      (next = 2, completed()), kDone},
     "missing-event-name counted",
     {},
     true},
    {"WrongEventName",
     {created(), "event: x\ndata: {\"type\":\"y\",\"sequence_number\":1}\n\n",
      (next = 2, completed()), kDone},
     "wrong-event-name counted"},
    {"MissingSequence",
     {created(), event("response.in_progress"), completed(), kDone},
     "missing-sequence counted"},
    {"MissingSequenceOfOurs",
     {event("response.created"), event("response.completed", R"("response":{"usage":{}})"), kDone},
     "missing-sequence counted",
     {},
     true},
    {"SequenceNotIncreasing",
     {created(), (next = 0, completed()), kDone},
     "sequence-not-increasing counted"},
    {"RepeatedItem",
     {created(), added(0), done(0), added(0), done(0), completed(), kDone},
     "repeated-item counted"},
    {"WrongItemId",
     {created(), added(0, "other"), part(0), said(0), part_done(0), done(0), completed(), kDone},
     "wrong-item-id counted",
     {},
     true},
    {"DeltaWithoutItem",
     {created(), added(0), done(0), said(1), completed(), kDone},
     "delta-without-item counted"},
    {"ReasoningWithoutPart",
     {created(), added(0),
      of_item("reasoning_text.delta", 0, R"("item_id":"i","content_index":0,"delta":"a")"), done(0),
      completed(), kDone}},
    {"McpArgumentsThatAreNoText",
     {created(), added(0), of_item("mcp_call_arguments.delta", 0, R"("delta":{"a":1})"), done(0),
      completed(), kDone}},
    {"DoneWithoutItem",
     {created(), added(0), done(0), done(1), completed(), kDone},
     "delta-without-item counted"},
    {"DeltaAfterItem",
     {created(), added(0), part(0), done(0), said(0), completed(), kDone},
     "delta-after-item counted"},
    {"DeltaWithoutPart",
     {created(), added(0), said(0), done(0), completed(), kDone},
     "delta-without-part counted"},
    {"DeltaAfterPart",
     {created(), added(0), part(0), part_done(0), said(0), done(0), completed(), kDone},
     "delta-after-part counted"},
    {"MissingIndex",
     {created(), numbered("response.output_text.delta", R"("delta":"a")"), completed(), kDone},
     "missing-index counted"},
    {"ItemNotDone", {created(), added(0), completed(), kDone}, "item-not-done counted"},
    {"PartNotDone",
     {created(), added(0), part(0), done(0), completed(), kDone},
     "item-not-done counted",
     {},
     true},
    {"IncompleteArguments",
     {created(), added(0), arguments(0, "{"), done(0), completed(), kDone},
     "incomplete-arguments counted"},
    {"IncompleteArgumentsAtTheEnd",
     {created(), added(0), of_item("function_call_arguments.done", 0, R"("arguments":"")"), done(0),
      completed(), kDone},
     "incomplete-arguments counted"},
    {"MissingUsage",
     {created(), numbered("response.completed", R"("response":{})"), kDone},
     "missing-usage counted"},
    {"UsageThatIsNull",
     {created(), numbered("response.completed", R"("response":{"usage":null})"), kDone},
     "missing-usage counted"},
    {"MissingEnd", {created(), kDone}, "missing-end counted"},
    {"CutOff", {created()}, "missing-end ended", {created()}},
    {"EventAfterEnd",
     {created(), completed(), added(0), kDone, kDone},
     "event-after-end mended",
     {created(), completed(), kDone}},
};
INSTANTIATE_TEST_SUITE_P(Responses, ResponsesGrammarTest, testing::ValuesIn(kResponses), name_of);

// Of an upstream that did not tell there is nothing to tell; the member is there all the same.
TEST(ResponsesGrammar, OursMayHaveUsageThatIsNull) {
    const auto broken = [](std::string_view response) {
        const std::string stream =
            created() + numbered("response.completed", "\"response\":" + std::string(response));
        return filtered(Endpoint::kResponses, stream + kDone, stream.size(), Measure::kOwn).broken;
    };
    EXPECT_EQ(broken(R"({"usage":null})"), "");
    EXPECT_EQ(broken("{}"), "missing-usage counted");
}

TEST(ResponsesGrammar, ErrorEventContinuesTheSequence) {
    StreamFilter filter(Endpoint::kResponses, false);
    std::vector<std::string_view> out;
    next = 41;
    const std::string seen = numbered("response.in_progress");
    filter.feed(seen, out);
    EXPECT_NE(filter.error_event(internal_error()).find(R"("sequence_number":42,)"),
              std::string::npos);
}

}  // namespace
}  // namespace gomodel::dialect::grammar
