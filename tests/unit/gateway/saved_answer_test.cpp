// What of an answer is kept, and that nothing else is taken for one.

#include "gateway/recall/saved_answer.hpp"

#include <gtest/gtest.h>

#include "gateway/recall/capture.hpp"

namespace gomodel::gateway::recall {
namespace {

using dialect::Endpoint;

bool whole(Endpoint endpoint, std::string body) {
    return is_complete(endpoint, {false, std::move(body), {}});
}
bool whole_stream(Endpoint endpoint, std::string body) {
    return is_complete(endpoint, {true, std::move(body), {}});
}

TEST(SavedAnswer, IsOneJsonObjectWithoutAnError) {
    for (const char* const good : {"{}", R"({"id":"a","error":null})", " {\"a\":[1]} \n"}) {
        EXPECT_TRUE(whole(Endpoint::kChat, good)) << good;
    }
    for (const char* const bad : {"", "[]", "{", "{}{}", "{} x", R"({"error":{"message":"no"}})"}) {
        EXPECT_FALSE(whole(Endpoint::kChat, bad)) << bad;
    }
}

TEST(SavedAnswer, AResponseIsFinished) {
    const auto response = [](const std::string& status) {
        return whole(Endpoint::kResponses, R"({"status":")" + status + "\"}");
    };
    EXPECT_TRUE(response("completed"));
    EXPECT_TRUE(response("incomplete"));
    for (const char* const status : {"failed", "in_progress", "queued", "cancelled"})
        EXPECT_FALSE(response(status)) << status;
    EXPECT_TRUE(whole(Endpoint::kResponses, "{}"));
    EXPECT_TRUE(whole(Endpoint::kChat, R"({"status":"failed"})")) << "means nothing there";
}

TEST(SavedAnswer, AStreamOfChatsEndsWithDone) {
    const std::string chunk = "data: {\"choices\":[]}\n\n";
    const std::string done = "data: [DONE]\n\n";
    EXPECT_TRUE(whole_stream(Endpoint::kChat, chunk + done));
    EXPECT_TRUE(whole_stream(Endpoint::kChat, ": hi\n\n" + chunk + ": hi\n\n" + done));
    EXPECT_TRUE(whole_stream(Endpoint::kChat, "data: {\"a\":\r\ndata: 1}\r\n\r\n" + done));
    const std::string failed = "data: {\"error\":{\"message\":\"no\"}}\n\n";
    for (const std::string& bad :
         {std::string(), done, chunk, chunk + "data: [DONE]\n", chunk + "data: [DONE]",
          chunk + done + chunk, chunk + done + "data", chunk + "data: {\n\n" + done,
          chunk + "data: 1\n\n" + done, chunk + failed + done, chunk + done + done}) {
        EXPECT_FALSE(whole_stream(Endpoint::kChat, bad)) << bad;
    }
}

TEST(SavedAnswer, AStreamOfAResponseIsCompleted) {
    const auto event = [](const std::string& type) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"}\n\n";
    };
    const std::string done = "data: [DONE]\n\n";
    const std::string created = event("response.created");
    EXPECT_TRUE(whole_stream(Endpoint::kResponses, created + event("response.completed") + done));
    EXPECT_TRUE(whole_stream(Endpoint::kResponses, created + event("response.incomplete") + done));
    EXPECT_FALSE(whole_stream(Endpoint::kResponses, created + done));
    EXPECT_FALSE(whole_stream(Endpoint::kResponses, created + event("response.completed")));
    EXPECT_FALSE(whole_stream(Endpoint::kResponses, created + event("response.failed") + done));
    EXPECT_FALSE(whole_stream(Endpoint::kResponses,
                              created + event("response.completed") + event("error") + done));
}

TEST(SavedAnswer, AStreamOfAMessageStops) {
    const std::string start = "event: message_start\ndata: {\"type\":\"message_start\"}\n\n";
    const std::string stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    EXPECT_TRUE(whole_stream(Endpoint::kMessages, start + stop));
    EXPECT_FALSE(whole_stream(Endpoint::kMessages, start));
    EXPECT_FALSE(whole_stream(Endpoint::kMessages, start + stop + start));
    EXPECT_FALSE(
        whole_stream(Endpoint::kMessages,
                     start + "event: error\ndata: {\"type\":\"error\",\"error\":{}}\n\n" + stop));
}

SavedAnswer sample() {
    SavedAnswer answer;
    answer.stream = true;
    answer.body = std::string("data: {\"text\":\"\xc3\xa9\n\"}\n\n") + '\0' + "end";
    answer.summary.id = "chat-\"1\"\n";
    answer.summary.model = "gpt";
    answer.summary.usage = {true, 30, 10, 40, 7, 3, R"({"prompt_tokens": 30})"};
    return answer;
}

TEST(SavedAnswer, ComesBackFromItsEntry) {
    const SavedAnswer answer = sample();
    const auto back = from_entry(to_entry(answer));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->stream, true);
    EXPECT_EQ(back->body, answer.body);
    EXPECT_EQ(back->summary.id, answer.summary.id);
    EXPECT_EQ(back->summary.model, "gpt");
    const dialect::TokenUsage& usage = back->summary.usage;
    EXPECT_TRUE(usage.present);
    EXPECT_EQ(usage.prompt, 30);
    EXPECT_EQ(usage.completion, 10);
    EXPECT_EQ(usage.total, 40);
    EXPECT_EQ(usage.cached, 7);
    EXPECT_EQ(usage.reasoning, 3);
    EXPECT_EQ(usage.raw, answer.summary.usage.raw);

    const auto plain = from_entry(to_entry({false, "{}", {}}));
    ASSERT_TRUE(plain.has_value());
    EXPECT_FALSE(plain->stream || plain->summary.usage.present);
}

TEST(SavedAnswer, ADamagedEntryIsNone) {
    const std::string entry = to_entry(sample());
    for (std::size_t length = 0; length < entry.size(); ++length)
        EXPECT_FALSE(from_entry(entry.substr(0, length)).has_value()) << length;
    EXPECT_FALSE(from_entry(entry + "x").has_value());
    for (std::size_t at = entry.find('\n') + 1; at < entry.size(); ++at) {
        std::string damaged = entry;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        EXPECT_FALSE(from_entry(std::move(damaged)).has_value()) << at;
    }
    for (const char* const other :
         {"", "\n", "{}\n{}", "{\"gomodel\":2}\nx", "[1]\nx", "{\"id\":1}"})
        EXPECT_FALSE(from_entry(other).has_value()) << other;
}

TEST(Capture, KeepsAWholeAnswerUpToItsLimit) {
    Capture capture;
    capture.begin(false);
    capture.append("nobody wants it");
    EXPECT_FALSE(capture.whole());
    capture.want(8);
    EXPECT_FALSE(capture.whole());
    capture.begin(false);
    capture.append("failed");
    capture.begin(true);
    EXPECT_FALSE(capture.whole()) << "it has just begun";
    capture.append("1234");
    capture.append("5678");
    EXPECT_TRUE(capture.whole() && capture.stream());
    capture.append("9");
    EXPECT_FALSE(capture.whole());
    capture.append("");
    EXPECT_FALSE(capture.whole());
    capture.begin(false);
    capture.append("12");
    EXPECT_TRUE(capture.whole());
    EXPECT_EQ(capture.take(), "12");
}

}  // namespace
}  // namespace gomodel::gateway::recall
