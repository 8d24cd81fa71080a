#include <gtest/gtest.h>
#include <gomodel/host.hpp>
#include <gomodel/testing/fake_host.hpp>

#include <string>

namespace gomodel {
namespace {

using testing::FakeCall;
using testing::FakeHost;

// Answers 201 with what it was asked, in two pieces; refuses DELETE.
constexpr gm_host_http_t kHttp = {
    sizeof(gm_host_http_t),
    [](const gm_host_t*, const gm_call_t* call, gm_str_t method, gm_str_t url,
       const gm_pair_t* headers, std::uint32_t header_count, gm_str_t body,
       std::uint32_t* http_status, const gm_sink_t* out) -> gm_status_t {
        if (view(method) == "DELETE") {
            call->explain(call, str("no route to host"));
            return GM_UNAVAILABLE;
        }
        *http_status = 201;
        out->write(out, 0, str(std::string(view(method)) + " " + std::string(view(url))));
        const std::string rest = " " + std::to_string(header_count) + " " +
                                 std::string(view(headers[0].value)) + " " +
                                 std::string(view(body));
        return out->write(out, 0, str(rest));
    }};

TEST(Host, FetchesThroughTheGatewaysClient) {
    FakeHost fake;
    fake.offer(GM_HOST_HTTP, &kHttp);
    const FakeCall call;
    const gm_pair_t headers[] = {{str("Accept"), str("*/*")}};
    const HttpReply reply =
        Host(fake.abi()).fetch(Call(call.abi()), "POST", "http://h/p", headers, "body");
    EXPECT_EQ(reply.status, 201u);
    EXPECT_EQ(reply.body, "POST http://h/p 1 */* body");
}

TEST(Host, AFailedFetchKeepsTheHostsExplanation) {
    FakeHost fake;
    fake.offer(GM_HOST_HTTP, &kHttp);
    const FakeCall call;
    const gm_status_t status = guard(
        call.abi(), [&] { Host(fake.abi()).fetch(Call(call.abi()), "DELETE", "http://h/p", {}); });
    EXPECT_EQ(status, GM_UNAVAILABLE);
    EXPECT_EQ(call.message(), "no route to host");
}

TEST(Host, AHostWithoutAServiceSaysSo) {
    const FakeHost fake;
    const FakeCall call;
    const Host host(fake.abi());
    EXPECT_EQ(host.service<gm_host_http_t>(GM_HOST_HTTP), nullptr);
    EXPECT_EQ(guard(call.abi(), [&] { host.fetch(Call(call.abi()), "GET", "http://h", {}); }),
              GM_UNSUPPORTED);
    host.count("requests_total", {});  // counting is never worth failing for
}

TEST(Host, CountsWithLabels) {
    static std::string counted;
    static constexpr gm_host_metrics_t kMetrics = {
        sizeof(gm_host_metrics_t), [](const gm_host_t*, const char* name, const gm_pair_t* labels,
                                      std::uint32_t label_count, double delta) {
            counted = name;
            for (std::uint32_t i = 0; i < label_count; ++i) {
                counted += " " + std::string(view(labels[i].value));
            }
            counted += " " + std::to_string(static_cast<int>(delta));
        }};
    FakeHost fake;
    fake.offer(GM_HOST_METRICS, &kMetrics);
    const gm_pair_t labels[] = {{str("op"), str("get")}};
    Host(fake.abi()).count("hits_total", labels, 3);
    EXPECT_EQ(counted, "hits_total get 3");
}

}  // namespace
}  // namespace gomodel
