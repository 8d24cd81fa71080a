#include "dialect/stream_collect/stream_collect.hpp"

#include <gtest/gtest.h>

namespace gomodel::dialect {
namespace {

// Every way of cutting the stream must give the same.
std::string collected(const std::string& stream, std::int64_t events) {
    const CollectedStream whole = collect_stream(stream);
    EXPECT_EQ(whole.events, events);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        StreamCollect split;
        split.feed(std::string(stream, 0, cut));
        split.feed(std::string(stream, cut));
        const CollectedStream again = split.finish();
        EXPECT_EQ(again.json, whole.json) << "cut at " << cut;
        EXPECT_EQ(again.events, events) << "cut at " << cut;
    }
    StreamCollect bytes;
    for (const char c : stream)
        bytes.feed({&c, 1});
    EXPECT_EQ(bytes.finish().json, whole.json);
    EXPECT_TRUE(whole.json.empty() || json::Tree(whole.json).ok()) << whole.json;
    return whole.json;
}

std::string events(std::initializer_list<const char*> data, const char* end = "\n\n") {
    std::string stream;
    for (const char* one : data)
        stream.append("data: ").append(one).append(end);
    return stream;
}

TEST(StreamCollect, ChatWithEveryChoice) {
    EXPECT_EQ(
        collected(
            events(
                {R"({"id":"c","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null})",
                 R"({"id":"c","choices":[{"index":1,"delta":{"role":"assistant","content":"zwei"}}]})",
                 R"({"id":"c","choices":[{"index":0,"delta":{"content":"a\n\ud83d"},"finish_reason":null}]})",
                 R"({"id":"c","choices":[{"index":0,"delta":{"content":"\ude00"},"finish_reason":"stop"}]})",
                 R"({"id":"c","choices":[{"index":1,"delta":{},"finish_reason":"length"}]})",
                 R"({"id":"c","choices":[],"usage":{"total_tokens":9}})", "[DONE]"}),
            6),
        R"({"object":"chat.completion","id":"c","created":7,"model":"m","usage":{"total_tokens":9},)"
        R"("choices":[{"index":0,"message":{"role":"assistant","content":"a\n\ud83d\ude00"},)"
        R"("finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":"zwei"},)"
        R"("finish_reason":"length"}]})");
}

TEST(StreamCollect, ChatWithToolsReasoningAndRefusal) {
    EXPECT_EQ(
        collected(
            events(
                {R"({"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Let"}}]})",
                 R"({"choices":[{"index":0,"delta":{"reasoning_content":" me"}}]})",
                 R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"add","arguments":""}}]}}]})",
                 R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}}]})",
                 R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"t2","type":"function","function":{"name":"sub","arguments":"{}"}}]}}]})",
                 R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"","type":"function","function":{"name":"add","arguments":"1}"}}]}}]})",
                 R"({"choices":[{"index":0,"delta":{"refusal":"no"},"logprobs":{"content":[{"token":"x"}]}}]})",
                 R"({"choices":[{"index":0,"delta":{},"logprobs":{"content":[{"token":"y"}]},"finish_reason":"tool_calls"}]})"},
                "\r\n\r\n"),
            8),
        R"({"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant",)"
        R"("content":null,"reasoning_content":"Let me","tool_calls":[{"id":"t1",)"
        R"("type":"function","function":{"name":"add","arguments":"{\"a\":1}"}},{"id":"t2",)"
        R"("type":"function","function":{"name":"sub","arguments":"{}"}}],"refusal":"no"},)"
        R"("logprobs":{"content":[{"token":"x"},{"token":"y"}]},"finish_reason":"tool_calls"}]})");
}

TEST(StreamCollect, ChatThatBrokeOffHasItsError) {
    EXPECT_EQ(collected("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":"
                        "{\"content\":\"wo\"}}]}\n\n: ping\n\ndata: {\"error\":"
                        "{\"message\":\"gone\"}}\n\ndata: {\"id\":\"half",
                        2),
              R"({"object":"chat.completion","id":"c","error":{"message":"gone"},)"
              R"("choices":[{"index":0,"message":{"content":"wo"}}]})");
}

TEST(StreamCollect, MessagesWithEveryBlock) {
    EXPECT_EQ(
        collected(
            "event: message_start\n" +
                events(
                    {R"({"type":"message_start","message":{"id":"msg","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"usage":{"input_tokens":5,"output_tokens":1}}})",
                     R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})",
                     R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}})",
                     R"({"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}})",
                     R"({"type":"content_block_stop","index":0})", R"({"type":"ping"})",
                     R"({"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}})",
                     R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hal"}})",
                     R"({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"lo"}})",
                     R"({"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"cited_text":"q"}}})",
                     R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"tu","name":"add","input":{}}})",
                     R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}})",
                     R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"x\"}"}})",
                     R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":12}})",
                     R"({"type":"message_stop"})"}),
            15),
        R"({"id":"msg","type":"message","role":"assistant","model":"claude",)"
        R"("stop_reason":"tool_use","usage":{"input_tokens":5,"output_tokens":12},"content":[)"
        R"({"type":"thinking","thinking":"Hm","signature":"c2ln"},)"
        R"({"type":"text","text":"Hallo","citations":[{"cited_text":"q"}]},)"
        R"({"type":"tool_use","id":"tu","name":"add","input":{"a":"x"}}]})");
}

TEST(StreamCollect, MessagesThatBrokeOff) {
    EXPECT_EQ(
        collected(
            events(
                {R"({"type":"message_start","message":{"id":"msg","content":[]}})",
                 R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","input":{}}})",
                 R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a"}})",
                 R"({"type":"error","error":{"type":"overloaded_error"}})"}),
            4),
        R"({"id":"msg","error":{"type":"overloaded_error"},)"
        R"("content":[{"type":"tool_use","input":"{\"a"}]})");
}

TEST(StreamCollect, ResponsesThatEndBringTheWhole) {
    EXPECT_EQ(
        collected(
            events(
                {R"({"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}})",
                 R"({"type":"response.output_item.added","output_index":0,"item":{"type":"message","content":[]}})",
                 R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi"})",
                 R"({"type":"response.completed","response":{"id":"r","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"total_tokens":3}}})"}),
            4),
        R"({"id":"r","status":"completed","output":[{"type":"message",)"
        R"("content":[{"type":"output_text","text":"Hi"}]}],"usage":{"total_tokens":3}})");
}

TEST(StreamCollect, ResponsesThatBrokeOffArePutTogether) {
    EXPECT_EQ(
        collected(
            events(
                {R"({"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}})",
                 R"({"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","summary":[]}})",
                 R"({"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}})",
                 R"({"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"Why"})",
                 R"({"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","summary":[{"type":"summary_text","text":"Why not"}]}})",
                 R"({"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","name":"add","arguments":""}})",
                 R"({"type":"response.function_call_arguments.delta","output_index":1,"delta":"{\"a\":1"})",
                 R"({"type":"response.output_item.added","output_index":2,"item":{"type":"message","content":[]}})",
                 R"({"type":"response.output_text.delta","output_index":2,"content_index":0,"delta":"H"})",
                 R"({"type":"response.output_text.delta","output_index":2,"content_index":0,"delta":"i"})",
                 R"({"type":"response.refusal.delta","output_index":2,"content_index":1,"delta":"no"})",
                 R"({"type":"response.web_search_call.searching","output_index":9})",
                 R"({"type":"error","code":"server_error","message":"gone"})"}),
            13),
        R"({"id":"r","status":"in_progress","output":[)"
        R"({"type":"reasoning","summary":[{"type":"summary_text","text":"Why not"}]},)"
        R"({"type":"function_call","name":"add","arguments":"{\"a\":1"},)"
        R"({"type":"message","content":[{"type":"output_text","text":"Hi"},)"
        R"({"type":"refusal","refusal":"no"}]}],"error":{"code":"server_error","message":"gone"}})");
}

TEST(StreamCollect, WhatNobodyKnowsIsTheListOfEvents) {
    EXPECT_EQ(collected("data: {\"candidates\":[]}\n\ndata: {\"candidates\":[\ndata: 1]}\n\n", 2),
              "[{\"candidates\":[]},{\"candidates\":[\n1]}]");
}

TEST(StreamCollect, NothingComesOfWhatIsNoJson) {
    EXPECT_EQ(collected("", 0), "");
    EXPECT_EQ(collected("data: [DONE]\n\n: x\n\ndata: {broken\n\ndata: 7\n\n", 0), "");
}

TEST(StreamCollect, AnswersOfNoEndTakeNoTimeWithoutEnd) {
    std::string members;
    for (int i = 0; i < 100'000; ++i)
        members += ",\"m" + std::to_string(i) + "\":1";
    std::string calls;
    for (int i = 0; i < 50'000; ++i)
        calls += (i == 0 ? "" : ",") + (R"({"index":)" + std::to_string(i) + "}");
    const CollectedStream answer =
        collect_stream(R"(data: {"choices":[{"index":0,"delta":{"tool_calls":[)" + calls + "]" +
                       members + "}}]}\n\n");
    EXPECT_TRUE(json::Tree(answer.json).ok());
}

TEST(StreamCollect, HostileEventsDoNoHarm) {
    const std::string stream = events(
        {R"({"type":"response.created","response":{"id":"r"}})",
         R"({"type":"response.output_text.delta","output_index":-5,"content_index":99999999,"delta":"x"})",
         R"({"type":"response.output_text.delta","output_index":"a","content_index":-1,"delta":7})",
         R"({"type":"response.content_part.added","output_index":0,"part":[[]]})"});
    EXPECT_TRUE(json::Tree(collected(stream, 4)).ok());
    const std::string chat = events(
        {R"({"choices":[{"index":0,"delta":{"content":"a","x":{"y":[1]}}}]})",
         R"({"choices":[{"index":0,"delta":{"content":{"b":1},"x":"text"}},7,"s",{"delta":[]}]})",
         R"({"choices":{"index":0}})"});
    EXPECT_TRUE(json::Tree(collected(chat, 3)).ok());
}

}  // namespace
}  // namespace gomodel::dialect
