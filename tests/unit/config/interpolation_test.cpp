#include "config/interpolation.hpp"

#include "config/environment.hpp"
#include "support.hpp"

namespace gomodel::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Environment& environment() {
    static const Environment kEnvironment(
        Variables{{"NAME", "value"}, {"OTHER", "o"}, {"EMPTY", ""}, {"DOLLAR", "${NAME}"}});
    return kEnvironment;
}

struct Case {
    std::string_view input;
    std::string_view output;
};

// The rows of the specification's table, in the better form: braces only.
TEST(Interpolation, ExpandsByTheTable) {
    const Case cases[] = {
        {"${NAME}", "value"},
        {"a${NAME}b", "avalueb"},
        {"${NAME}${OTHER}", "valueo"},
        {"${UNSET}", "${UNSET}"},
        {"${EMPTY}", "${EMPTY}"},
        {"${UNSET:-default}", "default"},
        {"${EMPTY:-default}", "default"},
        {"${UNSET:-}", ""},
        {"${NAME:-default}", "value"},
        {"${UNSET:-a:-b}", "a:-b"},
        {"$NAME", "$NAME"},
        {"$UNSET", "$UNSET"},
        {"$5", "$5"},
        {"$*$#$@$!$?$-", "$*$#$@$!$?$-"},
        {"$ x", "$ x"},
        {"x$", "x$"},
        {"${UNSET:-${NAME}}", "value"},
        {"${UNSET:-${UNSET2:-c}}", "c"},
        {"${UNSET:-a${NAME}b}}", "avalueb}"},
        {"$$", "$"},
        {"$$$$", "$$"},
        {"$${NAME}", "${NAME}"},
        {"$$NAME", "$NAME"},
        {"$$${NAME}", "$value"},
        {"${DOLLAR}", "${NAME}"},
        {"pa$$word", "pa$word"},
        {"", ""},
        {"no placeholder: } {", "no placeholder: } {"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(interpolate(c.input, environment()).text, c.output) << c.input;
    }
}

TEST(Interpolation, NamesWhatIsUnresolvedOnce) {
    EXPECT_THAT(interpolate("${UNSET} ${EMPTY} ${UNSET}", environment()).unresolved,
                ElementsAre("UNSET", "EMPTY"));
    EXPECT_THAT(interpolate("${UNSET:-x}", environment()).unresolved, IsEmpty());
    EXPECT_THAT(interpolate("${UNSET:-${DEEP}}", environment()).unresolved, ElementsAre("DEEP"));
    EXPECT_THAT(interpolate("${NAME:-${DEEP}}", environment()).unresolved, IsEmpty())
        << "a default that is not used is not missed";
}

TEST(Interpolation, LeavesWhatIsNoPlaceholderAndSaysSo) {
    const Case cases[] = {
        {"${}", "${}"},
        {"${", "${"},
        {"a${NAME", "a${NAME"},
        {"${NAME ${OTHER}", "${NAME o"},
        {"${NA ME}", "${NA ME}"},
        {"${1}", "${1}"},
        {"${NAME-x}", "${NAME-x}"},
        {"${UNSET:-${NAME}", "${UNSET:-${NAME}"},
        {"${UNSET:-abc", "${UNSET:-abc"},
    };
    for (const Case& c : cases) {
        const Interpolated result = interpolate(c.input, environment());
        EXPECT_EQ(result.text, c.output) << c.input;
        EXPECT_TRUE(result.malformed) << c.input;
    }
    EXPECT_FALSE(interpolate("${NAME} $$ $x", environment()).malformed);
}

TEST(Interpolation, NoticesABareVariableThatIsSet) {
    EXPECT_TRUE(interpolate("$NAME", environment()).bare);
    EXPECT_TRUE(interpolate("x$NAME/y", environment()).bare);
    EXPECT_FALSE(interpolate("$UNSET $$NAME ${NAME}", environment()).bare);
}

TEST(Interpolation, LongResultsAreCut) {
    const Environment large(Variables{{"BIG", std::string(100'000, 'x')}});
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += "${BIG}";
    }
    const Interpolated result = interpolate(text, large);
    EXPECT_TRUE(result.too_long);
    EXPECT_EQ(result.text.size(), kMaxInterpolated);
}

TEST(Interpolation, HostileNestingIsLinear) {
    constexpr int kMany = 100'000;
    std::string nested;
    std::string open;
    for (int i = 0; i < kMany; ++i) {
        nested += "${A:-";
        open += "${";
    }
    // Not EXPECT_EQ: nobody wants to read what it prints.
    EXPECT_TRUE(interpolate(nested, environment()).text == nested);
    EXPECT_TRUE(interpolate(open, environment()).text == open);
    EXPECT_TRUE(interpolate(nested + std::string(kMany, '}'), environment()).malformed);
}

}  // namespace
}  // namespace gomodel::config
