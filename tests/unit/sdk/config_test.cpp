#include <gtest/gtest.h>
#include <gomodel/config.hpp>

#include <functional>
#include <string>
#include <vector>

namespace gomodel {
namespace {

constexpr const char* kText =
    R"({"url":"redis:\/\/h","ttl":2.5,"db":3,"tls":true,"hosts":["a","b"],)"
    R"("pool":{"size":4},"none":null,"whole":1.0})";

TEST(Config, GivesTypedValues) {
    const Config config(kText);
    EXPECT_EQ(config.text("url"), "redis://h");
    EXPECT_EQ(config.number("ttl"), 2.5);
    EXPECT_EQ(config.integer("db"), 3);
    EXPECT_EQ(config.integer("whole"), 1);
    EXPECT_TRUE(config.flag("tls"));
    EXPECT_EQ(config.list("hosts"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(config.object("pool").integer("size"), 4);
}

TEST(Config, AbsentAndNullGiveTheFallback) {
    const Config config(kText);
    for (const char* const name : {"absent", "none"}) {
        EXPECT_FALSE(config.has(name));
        EXPECT_EQ(config.text(name, "x"), "x");
        EXPECT_EQ(config.number(name, 1.5), 1.5);
        EXPECT_EQ(config.integer(name, -2), -2);
        EXPECT_TRUE(config.flag(name, true));
        EXPECT_TRUE(config.list(name).empty());
        EXPECT_EQ(config.object(name).json(), "{}");
    }
}

TEST(Config, AValueOfAnotherTypeNamesTheField) {
    const Config config(kText);
    const auto message = [](const std::function<void()>& read) -> std::string {
        try {
            read();
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), GM_INVALID);
            return error.message();
        }
        return "nothing was thrown";
    };
    EXPECT_EQ(message([&] { config.text("ttl"); }), "config: ttl must be a string");
    EXPECT_EQ(message([&] { config.number("url"); }), "config: url must be a number");
    EXPECT_EQ(message([&] { config.integer("ttl"); }), "config: ttl must be a whole number");
    EXPECT_EQ(message([&] { config.flag("db"); }), "config: db must be true or false");
    EXPECT_EQ(message([&] { config.list("pool"); }), "config: pool must be a list of strings");
    EXPECT_EQ(message([&] { config.object("url"); }), "config: url must be an object");
    EXPECT_EQ(message([&] { config.object("pool").text("size"); }),
              "config: pool.size must be a string");
    EXPECT_EQ(message([&] { Config("[]"); }), "config: not a JSON object");
}

}  // namespace
}  // namespace gomodel
