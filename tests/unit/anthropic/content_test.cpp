// Images and documents: what is taken, what is refused.
#include <gtest/gtest.h>

#include "json_compare.hpp"
#include "request.hpp"

namespace anthropic {
namespace {

std::string message(const std::string& part) {
    return R"({"role":"user","content":[)" + part + "]}";
}

// The block that a part becomes.
std::string block(const std::string& part) {
    const std::string turns = conversation("messages", message(part));
    const gomodel::json::Tree tree(turns);
    for (const gomodel::json::Node turn : tree.root()) {
        for (const gomodel::json::Node each : turn["content"])
            return std::string(each.raw());
    }
    return {};
}

std::string told(const std::string& part, std::size_t max_image_bytes = 100) {
    RequestLimits limits;
    limits.max_image_bytes = max_image_bytes;
    return refusal("\"messages\":[" + message(part) + "]", limits);
}

std::string image(const std::string& url) {
    return R"({"type":"image_url","image_url":{"url":")" + url + "\"}}";
}

TEST(Content, ImagesByUrl) {
    EXPECT_EQ(block(image("https://a/b?c=d")),
              R"({"type":"image","source":{"type":"url","url":"https://a/b?c=d"}})");
    EXPECT_EQ(block(image("http://a/b")),
              R"({"type":"image","source":{"type":"url","url":"http://a/b"}})");
    EXPECT_EQ(block(R"({"type":"input_image","image_url":"https:\/\/a\/b"})"),
              R"({"type":"image","source":{"type":"url","url":"https://a/b"}})");
}

TEST(Content, ImagesAsData) {
    for (const char* const type : {"image/jpeg", "image/png", "image/gif", "image/webp"}) {
        EXPECT_EQ(block(image("data:" + std::string(type) + ";base64,QUJD")),
                  R"({"type":"image","source":{"type":"base64","media_type":")" +
                      std::string(type) + R"(","data":"QUJD"}})");
    }
    const char* const png =
        R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}})";
    EXPECT_EQ(block(image("DATA:Image/PNG;name=x;BASE64,QQ==")), png);
    EXPECT_EQ(block(R"({"type":"image_url","image_url":{"url":"data:;base64,QQ==",)"
                    R"("media_type":"image/png"}})"),
              png);
}

TEST(Content, ImagesKeepTheirMarkers) {
    EXPECT_EQ(block(R"({"type":"image_url","image_url":{"url":"https://a/b"},)"
                    R"("cache_control":{"type":"ephemeral"}})"),
              R"({"type":"image","source":{"type":"url","url":"https://a/b"},)"
              R"("cache_control":{"type":"ephemeral"}})");
}

TEST(Content, ImagesThatWillNotDo) {
    const std::string where = "messages[0].content[0].image_url";
    for (const char* const url :
         {"", "ftp://a/b", "https://", "data:image/png,QQ==", "data:image/png;base64",
          "data:image/png;base64,", "data:image/png;base64,Q*==", "data:image/png;base64,Q===",
          "data:image/bmp;base64,QUJD", "data:;base64,QUJD"}) {
        EXPECT_EQ(told(image(url)).rfind(where + ".url: ", 0), 0u) << url << told(image(url));
    }
    EXPECT_EQ(told(R"({"type":"image_url"})").rfind(where + ": ", 0), 0u);
    EXPECT_EQ(told(R"({"type":"image_url","image_url":{"url":7}})").rfind(where + ".url: ", 0), 0u);
}

TEST(Content, AnImageAtTheLimitIsTakenOneOverItIsNot) {
    const std::string url = "data:image/png;base64,QUJDREVG";
    EXPECT_EQ(told(image(url), 8), "");
    const std::string refused = told(image(url), 7);
    EXPECT_NE(refused.find("too large"), std::string::npos) << refused;
    EXPECT_NE(refused.find("messages[0].content[0].image_url.url"), std::string::npos) << refused;
}

TEST(Content, Documents) {
    const struct {
        const char* file;
        const char* rest;
    } cases[] = {
        {R"("file_data":"data:application/pdf;base64,JVBE","filename":"a.pdf")",
         R"("source":{"type":"base64","media_type":"application/pdf","data":"JVBE"},"title":"a.pdf")"},
        {R"("file_data":"JVBE")",
         R"("source":{"type":"base64","media_type":"application/pdf","data":"JVBE"})"},
        {R"("file_data":"data:text/markdown;charset=utf-8;base64,w7wiCg==")",
         R"("source":{"type":"text","media_type":"text/plain","data":"ü\"\n"})"},
        {R"("file_data":"https://a/b.pdf")", R"("source":{"type":"url","url":"https://a/b.pdf"})"},
        {R"("file_id":"file_1","filename":" ")", R"("source":{"type":"file","file_id":"file_1"})"},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(block(R"({"type":"file","file":{)" + std::string(each.file) + "}}"),
                  R"({"type":"document",)" + std::string(each.rest) + "}")
            << each.file;
    }
    EXPECT_EQ(
        block(R"({"type":"file","file":{"file_data":"data:image/png;base64,QUJD"}})"),
        R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}})");
}

TEST(Content, DocumentsThatWillNotDo) {
    const std::string where = "messages[0].content[0].file";
    EXPECT_EQ(told(R"({"type":"file","file":{}})").rfind(where + ": ", 0), 0u);
    for (const char* const data :
         {"7", R"("data:application/zip;base64,QUJD")", R"("not base64!")", R"("data:x")"}) {
        const std::string part =
            R"({"type":"file","file":{"file_data":)" + std::string(data) + "}}";
        EXPECT_EQ(told(part).rfind(where + ".file_data: ", 0), 0u) << data << ": " << told(part);
    }
}

TEST(Content, FilesAtAnthropicNeedTheirBeta) {
    const auto uses_files = [](const char* part) {
        return translate_request(
                   "claude-sonnet-4-5",
                   R"({"messages":[{"role":"user","content":[)" + std::string(part) + "]}]}", false,
                   {})
            .uses_files;
    };
    EXPECT_TRUE(uses_files(R"({"type":"file","file":{"file_id":"file_1"}})"));
    EXPECT_FALSE(uses_files(R"({"type":"file","file":{"file_data":"JVBE"}})"));
}

}  // namespace
}  // namespace anthropic
