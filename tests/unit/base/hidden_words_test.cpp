#include "base/hidden_words.hpp"

#include <gtest/gtest.h>

namespace gomodel::base {
namespace {

HiddenWords words(std::string_view url, std::string_view secret = "sk-0123456789") {
    HiddenWords words;
    words.add_secret(secret);
    words.add_url(url);
    return words;
}

std::string hidden(const HiddenWords& words, std::string text) {
    const std::string before = text;
    const bool any = words.hide(text);
    EXPECT_EQ(any, text != before) << before;
    return text;
}

TEST(HiddenWords, SecretsAreHiddenWhereverTheyStand) {
    const HiddenWords some = words("");
    EXPECT_EQ(hidden(some, "bad key sk-0123456789"), "bad key ***");
    EXPECT_EQ(hidden(some, "sk-0123456789sk-0123456789,Bearer sk-0123456789."),
              "******,Bearer ***.");
    EXPECT_EQ(hidden(some, "bad key sk-012345678"), "bad key sk-012345678");
    EXPECT_EQ(hidden(some, ""), "");
}

TEST(HiddenWords, AShortSecretIsNoneThatCouldBeHidden) {
    EXPECT_EQ(hidden(words("", "key"), "the key is bad"), "the key is bad");
    EXPECT_EQ(hidden(words("", ""), "nothing"), "nothing");
}

TEST(HiddenWords, AUrlIsHiddenWhole) {
    const HiddenWords vllm = words("http://vllm/v1");
    EXPECT_EQ(hidden(vllm, "cannot reach http://vllm/v1/chat?x=1, sorry"),
              "cannot reach ***, sorry");
    EXPECT_EQ(hidden(vllm, "see (https://me:pw@vllm/docs). vllm failed at http://vllm."),
              "see (***). vllm failed at ***.");
    EXPECT_EQ(hidden(vllm, R"({"message":"POST http://vllm"})"), R"({"message":"POST ***"})");
    EXPECT_EQ(hidden(vllm, "http://vllm-2/v1 and http://vllm.example/v1 and http://my-vllm/"),
              "http://vllm-2/v1 and http://vllm.example/v1 and http://my-vllm/");
    EXPECT_EQ(hidden(words("https://api.a.example/v1"), "https://docs.a.example/keys"),
              "https://docs.a.example/keys");
}

TEST(HiddenWords, AnAddressWithItsPortIsHiddenAlone) {
    const HiddenWords local = words("http://me:secret@10.0.0.5:8000/v1");
    EXPECT_EQ(hidden(local, "connect to 10.0.0.5:8000 failed"), "connect to *** failed");
    EXPECT_EQ(hidden(local, "connect to 10.0.0.5:80001 or 110.0.0.5:8000 failed"),
              "connect to 10.0.0.5:80001 or 110.0.0.5:8000 failed");
    EXPECT_EQ(hidden(local, R"(http:\/\/10.0.0.5:8000\/v1)"), R"(http:\/\/***\/v1)");
}

TEST(HiddenWords, WhatIsNoUrlHidesNothing) {
    for (const char* const url : {"", "v1", "http://", "http:///v1", "//host"}) {
        EXPECT_EQ(hidden(words(url), "http://host/v1 v1"), "http://host/v1 v1") << url;
    }
}

}  // namespace
}  // namespace gomodel::base
