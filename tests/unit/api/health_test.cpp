#include "api/health.hpp"

#include <gtest/gtest.h>

namespace gomodel::api {
namespace {

struct Case {
    const char* name;
    Condition condition;
    bool has_models;
    int status;
    const char* checks;
};

TEST(Readiness, SaysWhetherToSendRequestsAndWhyNot) {
    const Case cases[] = {
        {"all is well",
         {false, true, true},
         true,
         200,
         R"({"process":"ok","providers":"ok","storage":"ok"})"},
        {"stopping",
         {true, true, true},
         true,
         503,
         R"({"process":"draining","providers":"ok","storage":"ok"})"},
        {"nothing is listed yet",
         {false, true, true},
         false,
         503,
         R"({"process":"ok","providers":"no models","storage":"ok"})"},
        {"the journal bridges a storage that is away",
         {false, false, true},
         true,
         200,
         R"({"process":"ok","providers":"ok","storage":"journaled"})"},
        {"records would be lost",
         {false, false, false},
         true,
         503,
         R"({"process":"ok","providers":"ok","storage":"lost"})"},
    };
    for (const Case& each : cases) {
        const Readiness got = readiness(each.condition, each.has_models);
        const std::string status = each.status == 200 ? "ok" : "unavailable";
        EXPECT_EQ(got.status, each.status) << each.name;
        EXPECT_EQ(got.body, R"({"status":")" + status + R"(","checks":)" + each.checks + "}")
            << each.name;
    }
}

}  // namespace
}  // namespace gomodel::api
