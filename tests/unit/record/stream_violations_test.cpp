#include "record/stream_violations.hpp"

#include <prometheus/text_serializer.h>

#include <gtest/gtest.h>

#include "gateway/provider.hpp"

namespace gomodel::record {
namespace {

using namespace std::chrono_literals;

class StreamViolationsTest : public testing::Test {
protected:
    bool count(LoopViolations& loop, const char* rule, base::Duration at,
               const char* action = "counted") {
        gateway::StreamViolation violation;
        violation.provider = &provider_;
        violation.dialect = "chat";
        violation.rule = rule;
        violation.action = action;
        violation.when = base::SteadyTime(at);
        return loop.count(violation);
    }
    std::string text() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

    gateway::Provider provider_{
        .name = "mine", .type = "kind", .instance = {}, .models = {}, .resilience = {}};
    prometheus::Registry registry_;
    StreamViolations shared_{registry_};
    LoopViolations one_{shared_};
    LoopViolations other_{shared_};
};

TEST_F(StreamViolationsTest, CountsByLabelsOfAllLoops) {
    count(one_, "missing-role", 1s);
    count(one_, "missing-role", 2s);
    count(other_, "missing-role", 3s);
    count(other_, "not-json", 3s, "ended");
    const std::string page = text();
    const std::string labels = R"(dialect="chat",provider="kind",provider_name="mine",rule=)";
    EXPECT_NE(page.find("gomodel_stream_violations_total{action=\"counted\"," + labels +
                        "\"missing-role\"} 3"),
              std::string::npos)
        << page;
    EXPECT_NE(
        page.find("gomodel_stream_violations_total{action=\"ended\"," + labels + "\"not-json\"} 1"),
        std::string::npos)
        << page;
}

TEST_F(StreamViolationsTest, WarnsOnceAMinuteOfAProviderAndRule) {
    EXPECT_TRUE(count(one_, "missing-role", 0s));
    EXPECT_FALSE(count(one_, "missing-role", 59s));
    EXPECT_FALSE(count(other_, "missing-role", 59s)) << "another loop is not another provider";
    EXPECT_FALSE(count(one_, "missing-role", 59s, "mended"));
    EXPECT_TRUE(count(one_, "missing-end", 59s));
    EXPECT_TRUE(count(other_, "missing-role", 60s));
    EXPECT_FALSE(count(one_, "missing-role", 61s));
    provider_.name = "another";
    EXPECT_TRUE(count(one_, "missing-role", 61s));
}

}  // namespace
}  // namespace gomodel::record
