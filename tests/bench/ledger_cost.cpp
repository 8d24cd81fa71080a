// What timing the plugin's calls costs a relayed JSON request: prints nanoseconds of CPU, the
// median of some rounds. The same calls are made with and without a timer around them; the
// difference is the timer's.

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "gateway/call_timer.hpp"
#include "gateway/request_context.hpp"
#include "net/http_client.hpp"

namespace {

using namespace gomodel;
using plugin::Function;

constexpr int kRequests = 200'000;
constexpr int kRounds = 15;

class NoRecorder final : public gateway::Recorder {
public:
    void upstream_began(const gateway::UpstreamCall&) override {}
    void upstream_ended(const gateway::UpstreamCall&, int, base::Duration) override {}
    void record(const gateway::RequestRecord&) override {}
};

// A plugin's function that does nothing; called through a pointer, as those of plugins are.
int nothing() {
    return 0;
}
int (*volatile plugin_function)() = &nothing;

int call() {
    return plugin_function();
}

// When the upstream was called, when it answered, when the call was over: every request is measured
// so much, and takes it from the timer (gateway::Attempt).
struct Moments {
    base::SteadyTime called, answered, over;
};

// The calls that are made for an answer that is relayed.
int timed(const gateway::Provider& provider, gateway::LoopServices& services, Moments& moments) {
    gateway::PluginTimes times;
    gateway::CallTimer timer(provider, services, &times);
    int failed = timer.time(Function::kOpen, call) + timer.time_next(Function::kNext, call);
    moments.called = timer.ended();
    failed += timer.time(Function::kHead, call);
    moments.answered = timer.began();
    failed += timer.time(Function::kClose, call);
    moments.over = timer.ended();
    return failed;
}

int untimed(const base::Clock& clock, Moments& moments) {
    int failed = call() + call();
    moments.called = clock.steady();
    moments.answered = clock.steady();
    failed += call() + call();
    moments.over = clock.steady();
    return failed;
}

double cpu_nanoseconds() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e9 + static_cast<double>(used.tv_nsec);
}

template <typename Request>
double nanoseconds_each(Request&& request) {
    const double began = cpu_nanoseconds();
    int failed = 0;
    for (int i = 0; i < kRequests; ++i)
        failed += request();
    const double took = cpu_nanoseconds() - began;
    return failed == 0 ? took / kRequests : -1;
}

}  // namespace

int main() {
    const base::SystemClock clock;
    net::Loop loop{clock};
    net::WorkerPool workers{1};
    net::TlsClient tls;
    net::HttpClient client{loop, workers, tls, {}};
    dialect::RequestReader reader;
    base::SystemRandom random;
    NoRecorder recorder;
    gateway::LoopServices services{loop, client, reader, random, recorder};
    gateway::Provider provider;
    provider.account =
        std::make_shared<plugin::Account>("provider.openai", plugin::Build::kCurrent, 1);

    std::array<double, kRounds> costs{};
    const base::Clock& measured = loop.clock();
    Moments moments;
    for (double& cost : costs) {
        const double bare = nanoseconds_each([&] { return untimed(measured, moments); });
        cost = nanoseconds_each([&] { return timed(provider, services, moments); }) - bare;
    }
    std::nth_element(costs.begin(), costs.begin() + kRounds / 2, costs.end());
    std::printf("%.0f\n", costs[kRounds / 2]);
    return 0;
}
