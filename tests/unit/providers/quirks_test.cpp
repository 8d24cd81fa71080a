// What each vendor of the OpenAI dialect does differently, bit by bit; whole exchanges are in the
// plugins' fixtures.
#include <gtest/gtest.h>
#include <gomodel/error.hpp>

#include <set>
#include <string>

#include "deepseek/effort.hpp"
#include "minimax/embeddings.hpp"
#include "minimax/failure.hpp"
#include "minimax/temperature.hpp"
#include "ollama/embeddings.hpp"
#include "vllm/passthrough.hpp"
#include "xai/conversation.hpp"

namespace {

TEST(DeepSeek, HasTwoLevelsOfEffort) {
    for (const char* const low : {"low", "medium", " Medium "}) {
        EXPECT_EQ(deepseek::effort_name(low), "high") << low;
    }
    for (const char* const high : {"xhigh", "max", "MAX\n"}) {
        EXPECT_EQ(deepseek::effort_name(high), "max") << high;
    }
    for (const char* const other : {"high", "none", "", " "}) {
        EXPECT_EQ(deepseek::effort_name(other), other);
    }
}

TEST(Vllm, HasTwoRoots) {
    const auto base = [](const char* path) {
        return std::string(vllm::passthrough_base("http://h:8000/v1", path));
    };
    for (const char* const path :
         {"models", "models?x=1", "models/m", "chat/completions", "responses/r", "completions",
          "embeddings", "messages", "audio/transcriptions", "files", "batches"}) {
        EXPECT_EQ(base(path), "http://h:8000/v1") << path;
    }
    for (const char* const path :
         {"tokenize", "rerank?x=/models", "pooling", "chat", "modelsx", "version", ""}) {
        EXPECT_EQ(base(path), "http://h:8000") << path;
    }
    EXPECT_EQ(vllm::passthrough_base("http://h/proxy", "tokenize"), "http://h/proxy");
}

std::string body(const char* messages, const char* rest = "") {
    return R"({"model":"grok-4","messages":)" + std::string(messages) + rest + "}";
}

TEST(Xai, TheTurnsOfAConversationShareAnId) {
    const std::string first = xai::conversation_id(body(R"([{"role":"system"},{"role":"user"}])"));
    EXPECT_EQ(first.size(), 8U + 32U);
    EXPECT_EQ(first.substr(0, 8), "gomodel-");
    EXPECT_EQ(first.find_first_not_of("0123456789abcdef", 8), std::string::npos);
    EXPECT_EQ(xai::conversation_id(
                  body(R"([{"role":"system"},{"role":"user"},{"more":1}])", R"(,"temperature":1)")),
              first);
}

TEST(Xai, WhiteSpaceBetweenWordsOfJsonMakesNoDifference) {
    const auto id = [](const char* messages) { return xai::conversation_id(body(messages)); };
    EXPECT_EQ(id("[ {\"a\" : \"b\\\" c\"},\n2]"), id(R"([{"a":"b\" c"},2])"));
    EXPECT_NE(id(R"([{"a":"b c"}])"), id(R"([{"a":"bc"}])"));
    EXPECT_NE(id(R"([{"a":"b\" c"}])"), id(R"([{"a":"b\"c"}])"));
    EXPECT_NE(id(R"([{"a":"b\\\\"}, "c d"])"), id(R"([{"a":"b\\\\"}, "cd"])"));
}

TEST(Xai, ConversationsThatDifferHaveIdsThatDiffer) {
    const std::set<std::string> ids = {
        xai::conversation_id(body("[1,2]")),
        xai::conversation_id(body("[1,3]")),
        xai::conversation_id(body("[12]")),
        xai::conversation_id(body("[1,2]", R"(,"tools":[1])")),
        xai::conversation_id(body("[1,2]", R"(,"tool_choice":[1])")),
        xai::conversation_id(body("[1,2]", R"(,"parallel_tool_calls":true)")),
        xai::conversation_id(body("[1,2]", R"(,"reasoning":{"effort":"low"})")),
        xai::conversation_id(R"({"model":"grok-3","messages":[1,2]})"),
        xai::conversation_id("not JSON"),
    };
    EXPECT_EQ(ids.size(), 9U);
}

TEST(Ollama, IsAskedInItsOwnWords) {
    EXPECT_EQ(
        ollama::embed_request(R"({"dimensions":2, "input":["a" , 1.50],"model":"m","user":"u"})"),
        R"({"model":"m","input":["a" , 1.50],"dimensions":2})");
    EXPECT_EQ(ollama::embed_request(R"({"model":"m"})"), R"({"model":"m"})");
    EXPECT_EQ(ollama::embed_request("{"), "");
    EXPECT_EQ(ollama::embed_request("[]"), "");
}

TEST(Ollama, AnswersAsOpenAi) {
    EXPECT_EQ(ollama::embedding_list(R"({"model":"m","embeddings":[[0.5]],"prompt_eval_count":3})",
                                     false),
              R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],)"
              R"("model":"m","usage":{"prompt_tokens":3,"total_tokens":3}})");
    EXPECT_THROW(ollama::embedding_list(R"({"error":"x"})", false), gomodel::Error);
}

TEST(MiniMax, TakesTemperaturesAboveZero) {
    std::string out;
    for (const char* const low : {"0", "-1", "0.0", "-0.0"}) {
        EXPECT_TRUE(
            minimax::raise_temperature(R"({"x":1, "temperature":)" + std::string(low) + "}", out));
        EXPECT_EQ(out, R"({"x":1, "temperature":1.0})");
    }
    for (const char* const fine : {R"({"temperature":0.01})", R"({"temperature":2})", "{}",
                                   R"({"temperature":null})", R"({"temperature":"0"})", "{"}) {
        EXPECT_FALSE(minimax::raise_temperature(fine, out)) << fine;
    }
}

gm_status_t status_of(const std::string& answer) {
    try {
        minimax::check(answer);
    } catch (const gomodel::Error& error) {
        return error.status();
    }
    return GM_OK;
}

TEST(MiniMax, AFailureInsideAnAnswerIsFound) {
    const auto coded = [](const char* code) {
        return status_of(R"({"base_resp":{"status_code":)" + std::string(code) + "}}");
    };
    EXPECT_EQ(status_of("{}"), GM_OK);
    EXPECT_EQ(coded("0"), GM_OK);
    EXPECT_EQ(coded("1001"), GM_TIMEOUT);
    EXPECT_EQ(coded("1002"), GM_EXHAUSTED);
    EXPECT_EQ(coded("1004"), GM_DENIED);
    EXPECT_EQ(coded("2013"), GM_INVALID);
    EXPECT_EQ(coded("1000"), GM_UNAVAILABLE);
    EXPECT_EQ(coded("1e300"), GM_UNAVAILABLE);
    EXPECT_EQ(status_of("<html>"), GM_UNAVAILABLE);
    try {
        minimax::check(R"({"base_resp":{"status_code":2049,"status_msg":"invalid api key"}})");
        FAIL();
    } catch (const gomodel::Error& error) {
        EXPECT_EQ(error.message(), "invalid api key (2049)");
    }
}

TEST(MiniMax, EmbedsTexts) {
    EXPECT_EQ(minimax::embed_request(R"({"model":"embo-01","input":"a"})"),
              R"({"model":"embo-01","texts":["a"],"type":"db"})");
    EXPECT_EQ(minimax::embed_request(R"({"input":["a","b"],"model":"m","type":"query"})"),
              R"({"model":"m","texts":["a","b"],"type":"query"})");
    for (const char* const input : {"1", "[1]", "[[1,2]]", "null", "{}"}) {
        EXPECT_THROW(minimax::embed_request(R"({"input":)" + std::string(input) + "}"),
                     gomodel::Error);
    }
}

TEST(MiniMax, AnswersAsOpenAi) {
    EXPECT_EQ(minimax::embedding_list(R"({"vectors":[[0.5]],"total_tokens":3})", "m", false),
              R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],)"
              R"("model":"m","usage":{"prompt_tokens":3,"total_tokens":3}})");
    EXPECT_THROW(minimax::embedding_list(R"({"vectors":null})", "m", false), gomodel::Error);
}

}  // namespace
