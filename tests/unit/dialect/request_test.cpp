#include "dialect/request.hpp"

#include <gtest/gtest.h>

namespace gomodel::dialect {
namespace {

class RequestTest : public testing::Test {
protected:
    Request read(std::string_view json, Endpoint endpoint = Endpoint::kChat) {
        text_.clear();
        text_.append(json);
        auto result = reader_.read(endpoint, text_.view());
        if (auto* error = std::get_if<ApiError>(&result)) {
            ADD_FAILURE() << error->message;
            return {};
        }
        return std::move(std::get<Request>(result));
    }
    std::string refused(std::string_view json, Endpoint endpoint = Endpoint::kChat) {
        text_.clear();
        text_.append(json);
        auto result = reader_.read(endpoint, text_.view());
        if (const auto* error = std::get_if<ApiError>(&result)) {
            EXPECT_EQ(error->status, 400);
            EXPECT_EQ(error->type, "invalid_request_error");
            return error->message;
        }
        return "accepted";
    }
    std::string edited(Request request) {
        apply(text_, std::move(request.edits));
        return std::string(text_.view());
    }

    RequestReader reader_;
    net::Buffer text_;
};

TEST_F(RequestTest, FindsWhatRoutingNeeds) {
    const Request request = read(
        R"({ "messages":[{"role":"user","content":"hi"}], "model" : "openai/gpt-4o",
             "provider":"east","stream":true,"stream_options":{"include_usage":true} })");
    EXPECT_EQ(request.model, "openai/gpt-4o");
    EXPECT_EQ(request.provider, "east");
    EXPECT_TRUE(request.stream);
    EXPECT_TRUE(request.include_usage);
}

TEST_F(RequestTest, AbsentAndNullMembersAreNothing) {
    for (const char* json :
         {"{}", R"({"model":null,"provider":null,"stream":null,"stream_options":null,
                   "messages":null,"temperature":null,"tools":null})"}) {
        const Request request = read(json);
        EXPECT_EQ(request.model, "");
        EXPECT_FALSE(request.provider.has_value());
        EXPECT_FALSE(request.stream);
    }
}

TEST_F(RequestTest, ReplacesTheModelAndNothingElse) {
    Request request = read(R"({"a":1.0e5,  "model":"x/\u0061b" ,"b":"\u003c"})");
    EXPECT_EQ(request.model, "x/ab");
    request.set_model("ab");
    EXPECT_EQ(edited(std::move(request)), R"({"a":1.0e5,  "model":"ab" ,"b":"\u003c"})");
}

TEST_F(RequestTest, RemovesProviderWhereverItStands) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"provider":"p","model":"m"})", R"({"model":"m"})"},
        {R"({"model":"m" , "provider":"p"})", R"({"model":"m" })"},
        {R"({"model":"m","provider":"p","x":1})", R"({"model":"m","x":1})"},
        {R"({"provider":"p"})", R"({})"},
        {R"({"model":"m","provider":null})", R"({"model":"m"})"},
    };
    for (const auto& [before, after] : cases) {
        Request request = read(before);
        request.remove_provider(before);
        EXPECT_EQ(edited(std::move(request)), after) << before;
    }
}

// What the gateway does to a stream's request, in its order.
TEST_F(RequestTest, EditsAreRightTogether) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"provider":"p","model":"m","x":1})",
         R"({"stream_options":{"include_usage":true},"model":"n","x":1})"},
        {R"({"model":"m","provider":"p"})",
         R"({"stream_options":{"include_usage":true},"model":"n"})"},
        {R"({"model":"m", "provider":"p" ,"provider":"q"})",
         R"({"stream_options":{"include_usage":true},"model":"n"})"},
        {R"({"provider":"p","provider":"q","model":"l","model":"m","provider":null})",
         R"({"stream_options":{"include_usage":true},"model":"n"})"},
        {R"({"model":"m","stream_options":{},"stream_options":null,"provider":"p"})",
         R"({"model":"n","stream_options":{"include_usage":true}})"},
    };
    for (const auto& [before, after] : cases) {
        Request request = read(before);
        request.set_model("n");
        request.remove_provider(before);
        request.ask_for_usage();
        EXPECT_EQ(edited(std::move(request)), after) << before;
    }
}

TEST_F(RequestTest, ProviderObjectIsTheUpstreamsBusiness) {
    constexpr const char* kJson = R"({"model":"m","provider":{"order":["a"]}})";
    Request request = read(kJson);
    EXPECT_FALSE(request.provider.has_value());
    request.remove_provider(kJson);
    EXPECT_EQ(edited(std::move(request)), kJson);
}

TEST_F(RequestTest, AsksForUsageInEveryForm) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"model":"m"})", R"({"stream_options":{"include_usage":true},"model":"m"})"},
        {R"({"model":"m","stream_options":null})",
         R"({"model":"m","stream_options":{"include_usage":true}})"},
        {R"({"model":"m","stream_options":{}})",
         R"({"model":"m","stream_options":{"include_usage":true}})"},
        {R"({"model":"m","stream_options":{"include_obfuscation":false}})",
         R"({"model":"m","stream_options":{"include_usage":true,"include_obfuscation":false}})"},
        {R"({"model":"m","stream_options":{"include_usage":false}})",
         R"({"model":"m","stream_options":{"include_usage":true}})"},
        {R"({"model":"m","stream_options":{"include_usage":true}})",
         R"({"model":"m","stream_options":{"include_usage":true}})"},
    };
    for (const auto& [before, after] : cases) {
        Request request = read(before);
        request.ask_for_usage();
        EXPECT_EQ(edited(std::move(request)), after) << before;
    }
}

TEST_F(RequestTest, LastOfRepeatedMembersCountsAndTheOthersGo) {
    Request request = read(R"({"model":"first","model":"second"})");
    EXPECT_EQ(request.model, "second");
    request.set_model("third");
    EXPECT_EQ(edited(std::move(request)), R"({"model":"third"})");
}

TEST_F(RequestTest, EscapedMemberNamesAreTheSameMembers) {
    Request request = read(R"({"mod\u0065l":"m"})");
    EXPECT_EQ(request.model, "m");
    request.set_model("n");
    EXPECT_EQ(edited(std::move(request)), R"({"mod\u0065l":"n"})");
}

TEST_F(RequestTest, NormalisesContentParts) {
    Request request =
        read(R"({"messages":[{"role":"user","content":[{"type":"input_text","text":"a"},)"
             R"({"image_url":"http://x/y.png","type":"input_image","detail":"low"},)"
             R"({"type":"image_url","image_url":{"url":"data:,","detail":"high"}},)"
             R"({"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},)"
             R"({"type":"file","file":{"file_id":"f"}}]}]})");
    EXPECT_EQ(edited(std::move(request)),
              R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},)"
              R"({"image_url":{"url":"http://x/y.png"},"type":"image_url","detail":"low"},)"
              R"({"type":"image_url","image_url":{"url":"data:,","detail":"high"}},)"
              R"({"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},)"
              R"({"type":"file","file":{"file_id":"f"}}]}]})");
}

TEST_F(RequestTest, RefusesContentPartsByName) {
    const auto part = [this](const std::string& json) {
        return refused(R"({"messages":[{"role":"system","content":"s"},)"
                       R"({"role":"user","content":[{"type":"text","text":"a"},)" +
                       json + "]}]}");
    };
    const std::string where = " (in messages[1].content)";
    const std::string prefix = "invalid request body: part 1: ";
    EXPECT_EQ(part(R"({"type":"video"})"),
              prefix + "unsupported content part type \"video\"" + where);
    EXPECT_EQ(part(R"({})"), prefix + "unsupported content part type \"\"" + where);
    EXPECT_EQ(part(R"({"type":"text"})"), prefix + "text part is missing text" + where);
    EXPECT_EQ(part(R"({"type":"text","text":""})"), prefix + "text part is missing text" + where);
    EXPECT_EQ(part(R"({"type":"image_url"})"),
              prefix + "image_url part is missing image_url.url" + where);
    EXPECT_EQ(part(R"({"type":"image_url","image_url":{}})"),
              prefix + "image_url part is missing image_url.url" + where);
    EXPECT_EQ(part(R"({"type":"image_url","image_url":5})"),
              prefix + "image_url must be a string or object" + where);
    EXPECT_EQ(part(R"({"type":"input_audio","input_audio":{"data":"x"}})"),
              prefix + "input_audio part is missing data or format" + where);
    EXPECT_EQ(part(R"({"type":"input_audio","input_audio":"x"})"),
              prefix + "input_audio must be an object" + where);
    EXPECT_EQ(part("7"), prefix + "must be an object" + where);
    EXPECT_EQ(refused(R"({"messages":[{"content":5}]})"),
              "invalid request body: must be a string or array of content parts (in "
              "messages[0].content)");
}

TEST_F(RequestTest, RefusesWrongTypesNamingTheMemberAndThePlace) {
    const std::tuple<Endpoint, const char*, const char*> cases[] = {
        {Endpoint::kChat, R"({"model":5})", "\"model\" must be a string (at byte 9)"},
        {Endpoint::kChat, R"({"stream":"yes"})", "\"stream\" must be a boolean (at byte 10)"},
        {Endpoint::kChat, R"({"max_tokens":1.5})", "\"max_tokens\" must be an integer"},
        {Endpoint::kChat, R"({"max_tokens":1e2})", "\"max_tokens\" must be an integer"},
        {Endpoint::kChat, R"({"temperature":"hot"})", "\"temperature\" must be a number"},
        {Endpoint::kChat, R"({"tools":{}})", "\"tools\" must be an array"},
        {Endpoint::kChat, R"({"messages":"hi"})", "\"messages\" must be an array"},
        {Endpoint::kChat, R"({"messages":["hi"]})", "\"messages[0]\" must be an object"},
        {Endpoint::kChat, R"({"stream_options":1})", "\"stream_options\" must be an object"},
        {Endpoint::kChat, R"({"parallel_tool_calls":1})",
         "\"parallel_tool_calls\" must be a boolean"},
        {Endpoint::kChat, R"({"provider":1})", "\"provider\" must be a string"},
        {Endpoint::kResponses, R"({"metadata":{"a":1}})", "\"metadata.a\" must be a string"},
        {Endpoint::kResponses, R"({"max_output_tokens":"1"})",
         "\"max_output_tokens\" must be an integer"},
        {Endpoint::kEmbeddings, R"({"dimensions":1.0})", "\"dimensions\" must be an integer"},
        {Endpoint::kEmbeddings, R"({"encoding_format":1})", "\"encoding_format\" must be a string"},
    };
    for (const auto& [endpoint, json, message] : cases) {
        EXPECT_EQ(refused(json, endpoint).rfind(std::string("invalid request body: ") + message, 0),
                  0u)
            << json << " -> " << refused(json, endpoint);
    }
}

TEST_F(RequestTest, RefusesMalformedJsonWithTheOffset) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "is empty"},
        {"[1]", "must be a JSON object"},
        {"\"x\"", "must be a JSON object"},
        {R"({"model":"m")", "(at byte 12)"},
        {R"({"model":"m",})", "(at byte 13)"},
        {R"({"model":"m"} x)", "(at byte 14)"},
        {R"({"model":"m"}{})", "trailing characters"},
        {R"({"model":"m)", "(at byte "},
        {R"({"model" "m"})", "(at byte 9)"},
        {R"({"x":[1,,2]})", "(at byte 8)"},
        {R"({"x":{"y":[1}}})", "(at byte 12)"},
        {R"({"x":nul})", "(at byte "},
        {R"({"x":01})", "(at byte "},
        {R"({"x":0.00000000001e-2147483639,})", "(at byte 31)"},
        {R"({"messages":[{"content":"a","y":{"z":tru}}]})", "(at byte "},
        {R"({model:"m"})", "(at byte 1)"},
        {R"({"x":"y":{"z":1}})", "(at byte 8)"},
        {R"({"x":{"y":"z":[1]}})", "(at byte 13)"},
        {R"({"provider":{"order":r["x"]}})", "(at byte "},
        {R"({"stream_options":{"include_usage":"x":{}}})", "(at byte "},
        {R"({"messages":[{"content":"x":{}}]})", "(at byte "},
        {R"({"messages":[{"content":nulx}]})", "(at byte "},
        {R"({"messages":[{"content":[{"type":"file","text":{"a" 1}}]}]})", "(at byte "},
        {R"({"messages":[{"content":[{"type":"file","image_url":"x":{}}]}]})", "(at byte "},
        {R"({"messages":[{"content":[{"type":"file","input_audio":[1,,2]}]}]})", "(at byte "},
    };
    for (const auto& [json, message] : cases) {
        EXPECT_NE(refused(json).find(message), std::string::npos)
            << json << " -> " << refused(json);
    }
}

TEST_F(RequestTest, ReadsMetadataOnce) {
    EXPECT_EQ(refused(R"({"metadata":{}})", Endpoint::kResponses), "accepted");
    EXPECT_EQ(refused(R"({"metadata":{"a":"b"},"model":"m"})", Endpoint::kResponses), "accepted");
    for (const char* json :
         {R"({"metadata":{"y":"z":{}}})", R"({"metadata":{},"x":rue,"x":null})"}) {
        EXPECT_NE(refused(json, Endpoint::kResponses).find("(at byte "), std::string::npos) << json;
    }
}

TEST_F(RequestTest, TellsTextThatIsNotUtf8FromOtherFaults) {
    EXPECT_NE(refused("{\"model\":\"\xff\"}"), "accepted");
    EXPECT_TRUE(reader_.bad_utf8());
    EXPECT_NE(refused("{"), "accepted");
    EXPECT_FALSE(reader_.bad_utf8());
}

TEST_F(RequestTest, DeepNestingIsRefusedNotFollowed) {
    const std::string deep =
        R"({"model":"m","x":)" + std::string(100000, '[') + std::string(100000, ']') + "}";
    EXPECT_EQ(refused(deep),
              "invalid request body: nested more than 512 levels deep (at byte 530)");
    const std::string parts = R"({"messages":[{"content":)" + std::string(100000, '[');
    EXPECT_TRUE(refused(parts).starts_with("invalid request body: "));
}

}  // namespace
}  // namespace gomodel::dialect
