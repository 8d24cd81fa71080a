#include "config/problem.hpp"

#include "support.hpp"

namespace gomodel::config {
namespace {

TEST(Problem, TextLeavesOutWhatIsNotKnown) {
    EXPECT_EQ(to_string({Severity::kError, "config.yaml:42", "providers.acme.base_url", "wrong"}),
              "config.yaml:42: providers.acme.base_url: wrong");
    EXPECT_EQ(to_string({Severity::kError, "config.yaml:3", "", "wrong"}), "config.yaml:3: wrong");
    EXPECT_EQ(to_string({Severity::kError, "", "", "wrong"}), "wrong");
}

TEST(Problems, OnlyAnErrorIsFatal) {
    Problems problems;
    problems.warn("a", "b", "c");
    EXPECT_FALSE(problems.fatal());
    problems.error("a", "b", "c");
    EXPECT_TRUE(problems.fatal());
}

TEST(Problems, KeepsAThousandAndStaysFatalBeyond) {
    Problems problems;
    for (int i = 0; i < 5000; ++i) {
        problems.warn("", "", "one more");
    }
    EXPECT_TRUE(problems.full());
    EXPECT_FALSE(problems.fatal());
    problems.error("", "", "the one that matters");
    EXPECT_TRUE(problems.fatal());
    EXPECT_EQ(problems.all().size(), Problems::kLimit + 1);
    EXPECT_EQ(problems.all().back().severity, Severity::kError);
}

}  // namespace
}  // namespace gomodel::config
