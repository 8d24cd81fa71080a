// What the URL of a Redis may be, and that a refusal quotes nothing of it.

#include "caches/redis/redis_url.hpp"

#include <gtest/gtest.h>
#include <gomodel/error.hpp>

namespace cache_redis {
namespace {

TEST(RedisUrl, HasAHostAndWhatElseIsThere) {
    const RedisUrl whole = parse_url("redis://me:p%40ss%3Aw@cache.example:7000/12");
    EXPECT_EQ(whole.host, "cache.example");
    EXPECT_EQ(whole.port, 7000);
    EXPECT_EQ(whole.user, "me");
    EXPECT_EQ(whole.password, "p@ss:w");
    EXPECT_EQ(whole.database, 12);
    EXPECT_EQ(whole.name(), "cache.example:7000");

    const RedisUrl least = parse_url("redis://localhost");
    EXPECT_EQ(least.name(), "localhost:6379");
    EXPECT_EQ(least.user + least.password, "");
    EXPECT_EQ(least.database, 0);
    EXPECT_EQ(parse_url("redis://localhost/").database, 0);

    const RedisUrl only_password = parse_url("redis://:a:b@h@[::1]:1/0");
    EXPECT_EQ(only_password.user, "");
    EXPECT_EQ(only_password.password, "a:b@h");
    EXPECT_EQ(only_password.name(), "[::1]:1");
    EXPECT_EQ(parse_url("redis://[::1]").port, 6379);
}

TEST(RedisUrl, RefusalsNameTheFieldAndQuoteNothing) {
    for (const char* const bad :
         {"", "s3cret", "rediss://:s3cret@h", "http://s3cret", "redis://", "redis://:s3cret@",
          "redis://:s3cret@:1", "redis://:s3cret@h:x", "redis://:s3cret@h:65536",
          "redis://:s3cret@h/-1", "redis://:s3cret@h/s3cret", "redis://:s3cret@h/1/2",
          "redis://:s3cret%4@h", "redis://:s3cret%zz@h", "redis://:s3cret@h/0?s3cret=1",
          "redis://:s3cret#@h", "redis://[s3cret", "redis://[::1]s3cret"}) {
        try {
            parse_url(bad);
            ADD_FAILURE() << bad;
        } catch (const gomodel::Error& error) {
            EXPECT_EQ(error.status(), GM_INVALID) << bad;
            EXPECT_TRUE(error.message().starts_with("url: ")) << error.message();
            EXPECT_EQ(error.message().find("s3cret"), std::string::npos) << error.message();
        }
    }
}

}  // namespace
}  // namespace cache_redis
