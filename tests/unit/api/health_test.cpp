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
         R"({"process":"ok","providers":"ok","storage":"ok","keys":"ok"})"},
        {"stopping",
         {true, true, true},
         true,
         503,
         R"({"process":"draining","providers":"ok","storage":"ok","keys":"ok"})"},
        {"nothing is listed yet",
         {false, true, true},
         false,
         503,
         R"({"process":"ok","providers":"no models","storage":"ok","keys":"ok"})"},
        {"the journal bridges a storage that is away",
         {false, false, true},
         true,
         200,
         R"({"process":"ok","providers":"ok","storage":"journaled","keys":"ok"})"},
        {"records would be lost",
         {false, false, false},
         true,
         503,
         R"({"process":"ok","providers":"ok","storage":"lost","keys":"ok"})"},
    };
    for (const Case& each : cases) {
        const Readiness got = readiness(each.condition, each.has_models, true);
        const std::string status = each.status == 200 ? "ok" : "unavailable";
        EXPECT_EQ(got.status, each.status) << each.name;
        EXPECT_EQ(got.body, R"({"status":")" + status + R"(","checks":)" + each.checks + "}")
            << each.name;
    }
    const Readiness closed = readiness({false, false, true}, true, false);
    EXPECT_EQ(closed.status, 503);
    EXPECT_NE(closed.body.find(R"("keys":"not read yet")"), std::string::npos);
}

}  // namespace
}  // namespace gomodel::api
