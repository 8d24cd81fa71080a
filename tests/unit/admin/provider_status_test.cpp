// The status of a provider follows from how the listing of its models goes; nothing secret is
// shown.
#include "admin/provider_status.hpp"

#include <gmock/gmock.h>

#include <gomodel/json_tree.hpp>

namespace gomodel::admin {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr base::SteadyTime kNow{std::chrono::hours(1)};

gateway::Generation with_provider(std::string name) {
    gateway::Provider provider{std::move(name), "openai", nullptr, {}, {}};
    provider.base_url = "https://up.example/v1";
    gateway::Generation generation;
    generation.providers = {std::make_shared<const gateway::Provider>(std::move(provider))};
    return generation;
}

gateway::ListingStatus listing(std::size_t models, std::string error, bool cached = false) {
    gateway::ListingStatus status;
    status.discovered_model_count = models;
    status.last_model_fetch_error = std::move(error);
    status.using_cached_models = cached;
    return status;
}

std::string status_of(const gateway::ListingStatus& status) {
    const std::string json = providers_status_json(with_provider("main"), {{"main", status}}, kNow);
    const json::Tree tree(json);
    std::string text;
    for (const json::Node provider : tree.root()["providers"])
        text += provider["status"].text() + "/" + provider["status_label"].text();
    return text + " of " + tree.root()["summary"]["overall_status"].text();
}

TEST(ProviderStatus, FollowsFromTheListing) {
    EXPECT_EQ(status_of(listing(3, "")), "healthy/Healthy of healthy");
    EXPECT_EQ(status_of(listing(3, "", true)), "degraded/Starting of degraded");
    EXPECT_EQ(status_of(listing(3, "it broke")), "degraded/Degraded of degraded");
    EXPECT_EQ(status_of(listing(0, "it broke")), "unhealthy/Unhealthy of unhealthy");
    EXPECT_EQ(status_of(listing(0, "")), "degraded/Configured of degraded");
}

TEST(ProviderStatus, NobodyIsDegraded) {
    const std::string json = providers_status_json(gateway::Generation(), {}, kNow);
    EXPECT_EQ(json, R"({"summary":{"total":0,"healthy":0,"degraded":0,"unhealthy":0,)"
                    R"("overall_status":"degraded"},"providers":[]})");
}

TEST(ProviderStatus, ShowsEveryMember) {
    gateway::ListingStatus status = listing(2, "no answer from https://me:secret@up.example");
    status.registry_initialized = true;
    status.last_model_fetch_at = base::WallTime(std::chrono::seconds(5));
    const gateway::Generation generation = with_provider("main");
    generation.providers[0]->recent->note(kNow, gateway::CallOutcome::kFailure,
                                          std::chrono::milliseconds(4));
    const std::string json = providers_status_json(generation, {{"main", status}}, kNow);
    EXPECT_THAT(json, Not(HasSubstr("secret")));
    EXPECT_THAT(json,
                HasSubstr(R"("config":{"name":"main","type":"openai",)"
                          R"("base_url":"https://up.example/v1","resilience":{"retry":{)"
                          R"("max_retries":3,"initial_backoff":"1s","max_backoff":"30s",)"
                          R"("backoff_factor":2.0,"jitter_factor":0.1},"circuit_breaker":{)"
                          R"("failure_threshold":5,"success_threshold":2,"timeout":"30s"}}})"));
    EXPECT_THAT(json, HasSubstr(R"("runtime":{"name":"main","type":"openai","registered":true,)"
                                R"("registry_initialized":true,"discovered_model_count":2,)"
                                R"("using_cached_models":false,)"
                                R"("last_model_fetch_at":"1970-01-01T00:00:05Z",)"
                                R"("last_model_fetch_error":)"));
    EXPECT_THAT(json, HasSubstr(R"("circuit_breaker":{"state":"closed","rejections":0},)"
                                R"("recent_calls":{"window_seconds":300,"calls":1,"errors":1,)"
                                R"("error_rate":1.0,"average_latency_ms":4.0})"));
}

TEST(ProviderStatus, ConfiguredOnesWithoutAnInstanceAreThere) {
    gateway::Generation generation = with_provider("main");
    config::ProviderInstance entry;
    entry.name = "another";
    entry.type = "openai";
    generation.settings.providers = {entry};
    const std::string json = providers_status_json(generation, {{"main", listing(1, "")}}, kNow);
    EXPECT_THAT(json, HasSubstr(R"("total":2,"healthy":1,"degraded":1)"));
    EXPECT_THAT(json, HasSubstr(R"("providers":[{"name":"another","type":"openai",)"
                                R"("status":"degraded","status_label":"Starting")"));
    EXPECT_THAT(json, HasSubstr(R"("registered":false)"));
}

}  // namespace
}  // namespace gomodel::admin
