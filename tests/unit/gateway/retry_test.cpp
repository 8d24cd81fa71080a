#include "gateway/retry.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class FixedRandom final : public base::Random {
public:
    explicit FixedRandom(std::uint64_t bits) : bits_(bits) {}
    std::uint64_t next() override { return bits_; }

private:
    const std::uint64_t bits_;
};

constexpr std::uint64_t kLowest = 0;
constexpr std::uint64_t kMiddle = std::uint64_t{1} << 63U;
constexpr std::uint64_t kHighest = ~std::uint64_t{0};

config::Retry rules() {
    config::Retry retry;
    retry.max_retries = 3;
    retry.initial_backoff = seconds(1);
    retry.max_backoff = seconds(30);
    retry.backoff_factor = 2;
    retry.jitter_factor = 0.1;
    return retry;
}

double waited(const config::Retry& retry, int number, std::uint64_t bits) {
    FixedRandom random(bits);
    return std::chrono::duration<double>(backoff(retry, number, random)).count();
}

TEST(Backoff, GrowsByItsFactorUpToItsMaximum) {
    EXPECT_DOUBLE_EQ(waited(rules(), 1, kMiddle), 1);
    EXPECT_DOUBLE_EQ(waited(rules(), 2, kMiddle), 2);
    EXPECT_DOUBLE_EQ(waited(rules(), 5, kMiddle), 16);
    EXPECT_DOUBLE_EQ(waited(rules(), 6, kMiddle), 30);
    EXPECT_DOUBLE_EQ(waited(rules(), 5000, kMiddle), 30);
}

TEST(Backoff, JitterGoesBothWays) {
    EXPECT_DOUBLE_EQ(waited(rules(), 1, kLowest), 0.9);
    EXPECT_NEAR(waited(rules(), 1, kHighest), 1.1, 1e-6);
    EXPECT_NEAR(waited(rules(), 9, kHighest), 33, 1e-6);  // beyond the maximum by its share
}

TEST(Backoff, WithoutJitterAsksForNoRandomness) {
    config::Retry retry = rules();
    retry.jitter_factor = 0;
    EXPECT_DOUBLE_EQ(waited(retry, 2, kLowest), 2);
    EXPECT_DOUBLE_EQ(waited(retry, 2, kHighest), 2);
}

TEST(RetryAfter, IsSecondsOrADate) {
    // 1994-11-06T08:49:37Z is 784111777.
    const base::WallTime now{seconds(784111777 - 30)};
    EXPECT_EQ(read_retry_after("0", now), seconds(0));
    EXPECT_EQ(read_retry_after(" 120 ", now), seconds(120));
    EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), seconds(30));
    EXPECT_EQ(read_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now), seconds(30));
    EXPECT_EQ(read_retry_after("Sun Nov  6 08:49:37 1994", now), seconds(30));
    const base::WallTime later{seconds(784111777 + 30)};
    EXPECT_EQ(read_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", later), seconds(0));
}

TEST(RetryAfter, OfAnyOtherFormSaysNothing) {
    for (const char* const value : {"", "soon", "-1", "1.5", "1s", "06 Nov 1994", "+5"}) {
        EXPECT_FALSE(read_retry_after(value, base::WallTime{}).has_value()) << value;
    }
}

TEST(RetryAfter, TooLargeToCountIsVeryLong) {
    EXPECT_GE(*read_retry_after("99999999999999999999999", base::WallTime{}),
              std::chrono::hours(24));
}

struct Case {
    Failed failed;
    bool again;
};

TEST(Retrying, IsForWhatPasses) {
    FixedRandom random(kMiddle);
    const Case cases[] = {
        {{Trouble::kStatus, 408}, true},
        {{Trouble::kStatus, 429}, true},
        {{Trouble::kStatus, 502}, true},
        {{Trouble::kStatus, 503}, true},
        {{Trouble::kStatus, 504}, true},
        {{Trouble::kStatus, 529}, true},
        {{Trouble::kStatus, 400}, false},
        {{Trouble::kStatus, 401}, false},
        {{Trouble::kStatus, 404}, false},
        {{Trouble::kStatus, 500}, false},
        {{Trouble::kConnection, 0}, true},
        {{Trouble::kConnection, 200}, true},
        {{Trouble::kTimeout, 0}, false},
        {{Trouble::kBadAnswer, 200}, false},
        {{Trouble::kOurs, 503}, false},
        {{Trouble::kClientGone, 0}, false},
        {{Trouble::kStatus, 500, {}, true}, true},
        {{Trouble::kStatus, 503, {}, false}, false},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(wait_before(rules(), 1, each.failed, random).has_value(), each.again)
            << static_cast<int>(each.failed.trouble) << ' ' << each.failed.status;
    }
}

TEST(Retrying, EndsAfterAsManyAsConfigured) {
    FixedRandom random(kMiddle);
    const Failed busy{Trouble::kStatus, 503};
    EXPECT_TRUE(wait_before(rules(), 3, busy, random).has_value());
    EXPECT_FALSE(wait_before(rules(), 4, busy, random).has_value());
}

TEST(Retrying, WaitsAsLongAsTheUpstreamAskedFor) {
    FixedRandom random(kMiddle);
    EXPECT_EQ(wait_before(rules(), 1, {Trouble::kStatus, 429, seconds(7)}, random), seconds(7));
    EXPECT_EQ(wait_before(rules(), 2, {Trouble::kStatus, 429, seconds(1)}, random), seconds(2));
}

TEST(Retrying, DoesNotWaitForMoreThanTheLongestBackoff) {
    FixedRandom random(kMiddle);
    const auto wait = [&](base::Duration asked) {
        return wait_before(rules(), 1, {Trouble::kStatus, 429, asked}, random).has_value();
    };
    EXPECT_TRUE(wait(seconds(30)));
    EXPECT_FALSE(wait(seconds(31)));
}

}  // namespace
}  // namespace gomodel::gateway
