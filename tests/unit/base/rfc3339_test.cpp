#include "base/rfc3339.hpp"

#include <gtest/gtest.h>

namespace gomodel::base {
namespace {

TEST(Rfc3339, ReadsInstants) {
    using std::chrono::hours;
    using std::chrono::nanoseconds;
    using std::chrono::seconds;
    const WallTime noon{seconds(1771322400)};
    for (const char* text : {"2026-02-17T10:00:00Z", "2026-02-17t10:00:00z", "2026-02-17 10:00:00Z",
                             "2026-02-17T11:30:00+01:30", "2026-02-16T23:00:00-11:00",
                             "2026-02-17T10:00:00.000000000Z"}) {
        EXPECT_EQ(parse_rfc3339(text), noon) << text;
    }
    EXPECT_EQ(parse_rfc3339("2026-02-17T10:00:00.5Z"), noon + nanoseconds(500'000'000));
    EXPECT_EQ(parse_rfc3339("2026-02-17T10:00:00.1234567899Z"), noon + nanoseconds(123'456'789));
    EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), WallTime(seconds(1709164800)));
    EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59Z"), WallTime(seconds(-1)));
}

TEST(Rfc3339, RefusesWhatIsNone) {
    for (const char* text :
         {"", "now", "2026-02-17", "2026-02-17T10:00:00", "2026-02-30T10:00:00Z",
          "2026-13-01T10:00:00Z", "2026-02-17T24:00:00Z", "2026-02-17T10:60:00Z",
          "2026-02-17T10:00:00.Z", "2026-02-17T10:00:00+1:00", "2026-02-17T10:00:00Zx",
          "26-02-17T10:00:00Z", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z",
          "2026-02-17T10:00:00*01:00", " 2026-02-17T10:00:00Z", "1771322400"}) {
        EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace gomodel::base
