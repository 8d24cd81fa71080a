// The exchange driver of the test kit: it must play the host as abi/provider.h says, and notice a
// provider that does not keep its side.
#include <gtest/gtest.h>
#include <gomodel/provider.hpp>
#include <gomodel/testing/exchange.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gomodel {
namespace {

using testing::ExchangeDriver;
using testing::Operation;
using testing::Response;
using testing::run_exchange;
using testing::Transcript;

// An exchange that does what the test says.
struct Script {
    std::function<Step(HttpOut)> next;
    Framing framing = Framing::kRaw;
    std::function<void(std::string_view event, std::string_view data, Sink)> feed = {};
    std::function<void(Sink)> end = {};
};

class Scripted final : public Provider {
public:
    explicit Scripted(Script script) : script_(std::move(script)) {}

    std::unique_ptr<Exchange> open(Call, Op op) override {
        if (op.kind() != GM_CAN_CHAT) return nullptr;
        ++alive;
        return std::make_unique<Play>(*this);
    }

    int alive = 0;
    std::vector<std::string> called;

private:
    class Play final : public Exchange {
    public:
        explicit Play(Scripted& owner) : owner_(owner) {}
        ~Play() override { --owner_.alive; }

        Step next(Call, HttpOut out) override {
            owner_.called.emplace_back("next");
            return owner_.script_.next(out);
        }
        Framing head(Call, const ResponseHead& head) override {
            owner_.called.push_back("head " + std::to_string(head.status));
            return owner_.script_.framing;
        }
        void feed(Call, std::string_view event, std::string_view data, Sink out) override {
            owner_.called.push_back("feed " + std::string(event) + ":" + std::string(data));
            if (owner_.script_.feed) owner_.script_.feed(event, data, out);
        }
        void end(Call, Sink out) override {
            owner_.called.emplace_back("end");
            if (owner_.script_.end) owner_.script_.end(out);
        }

    private:
        Scripted& owner_;
    };

    Script script_;
};

// One request, then done.
std::function<Step(HttpOut)> send_once() {
    return [sent = false](HttpOut out) mutable {
        if (sent) return Step::kDone;
        sent = true;
        out.target("POST", "https://h/v1");
        out.forward_body();
        return Step::kSend;
    };
}

Operation chat(std::string body = "{}") {
    Operation op;
    op.body = std::move(body);
    return op;
}

Transcript run(Scripted& provider, std::vector<Response> answers,
               testing::ExchangeOptions options = {}) {
    return run_exchange(Provider::Abi::kTable, &provider, chat("{\"a\":1}"), std::move(answers),
                        options);
}

using Calls = std::vector<std::string>;

TEST(ExchangeDriver, FeedsARawBodyInPieces) {
    Scripted provider({.next = send_once()});
    const Transcript seen = run(provider, {{200, {}, "abcde"}}, {.piece = 2});
    EXPECT_TRUE(seen.done);
    EXPECT_EQ(provider.called,
              (Calls{"next", "head 200", "feed :ab", "feed :cd", "feed :e", "end", "next"}));
    EXPECT_EQ(provider.alive, 0);
    ASSERT_EQ(seen.sent.size(), 1u);
    EXPECT_EQ(seen.sent[0].body, "{\"a\":1}");
    EXPECT_TRUE(seen.sent[0].forwarded);
}

TEST(ExchangeDriver, FeedsWholeEventsWhereverTheBytesAreCut) {
    const Response stream{200, {}, "event: x\ndata: 1\n\n: ping\n\ndata: 2\n\ndata: cut sho"};
    for (std::size_t cut = 0; cut < stream.body.size(); ++cut) {
        Scripted provider({.next = send_once(), .framing = Framing::kSse});
        run(provider, {stream}, {.cut = cut});
        EXPECT_EQ(provider.called,
                  (Calls{"next", "head 200", "feed x:1", "feed :2", "end", "next"}));
    }
}

TEST(ExchangeDriver, NothingFollowsARelayOrAnError) {
    Scripted relay({.next = send_once(), .framing = Framing::kRelay});
    const Transcript relayed = run(relay, {{200, {}, "bytes"}});
    EXPECT_EQ(relayed.relayed, "bytes");
    EXPECT_TRUE(relayed.done);
    EXPECT_EQ(relay.called, (Calls{"next", "head 200"}));

    Scripted error({.next = send_once(), .framing = Framing::kError});
    const Transcript refused = run(error, {{429, {}, "slow down"}});
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->status, 429u);
    EXPECT_EQ(error.called, (Calls{"next", "head 429"}));
    EXPECT_EQ(relay.alive + error.alive, 0);
}

TEST(ExchangeDriver, LocalStepsAreFedNothingAndDelaysAreRecorded) {
    int steps = 0;
    Script script;
    script.next = [&steps](HttpOut out) {
        if (steps++ == 2) return Step::kDone;
        out.delay(std::chrono::milliseconds(20));
        return Step::kLocal;
    };
    script.feed = [](std::string_view, std::string_view, Sink out) {
        out.write(GM_OUT_CHUNK, "{}");
    };
    Scripted provider(std::move(script));
    const Transcript seen = run(provider, {});
    EXPECT_EQ(provider.called, (Calls{"next", "feed :", "next", "feed :", "next"}));
    EXPECT_EQ(seen.delays_ns, (std::vector<std::uint64_t>{20'000'000, 20'000'000}));
    EXPECT_EQ(seen.chunks(), (Calls{"{}", "{}"}));
}

TEST(ExchangeDriver, HeadersGivenAgainReplace) {
    Script script;
    script.next = [](HttpOut out) {
        out.target("GET", "https://h");
        out.header("Accept", "a");
        out.header("X", "1");
        out.header("accept", "b");
        return Step::kSend;
    };
    script.framing = Framing::kRelay;
    Scripted provider(std::move(script));
    const Transcript seen = run(provider, {{}});
    EXPECT_EQ(seen.sent.at(0).headers, (testing::HeaderList{{"X", "1"}, {"accept", "b"}}));
}

TEST(ExchangeDriver, AFailureEndsTheExchangeWithItsReason) {
    Script script;
    script.next = send_once();
    script.feed = [](std::string_view, std::string_view, Sink) {
        throw Error(GM_UNAVAILABLE, "no sense in that");
    };
    Scripted provider(std::move(script));
    const Transcript seen = run(provider, {{200, {}, "x"}});
    EXPECT_EQ(seen.status, GM_UNAVAILABLE);
    EXPECT_EQ(seen.failed_in, "feed");
    EXPECT_EQ(seen.message, "no sense in that");
    EXPECT_FALSE(seen.done);
    EXPECT_EQ(provider.alive, 0);
}

TEST(ExchangeDriver, MayBeAbandonedAfterAnyStep) {
    for (int steps = 0; steps < 8; ++steps) {
        Scripted provider({.next = send_once()});
        ExchangeDriver driver(Provider::Abi::kTable, &provider, chat(), {{200, {}, "ab"}},
                              {.piece = 1});
        for (int i = 0; i < steps; ++i)
            driver.step();
        driver.close();
        EXPECT_EQ(provider.alive, 0);
        EXPECT_FALSE(driver.step());
    }
}

TEST(ExchangeDriver, UnsupportedOperationsAreRefusedInOpen) {
    Scripted provider({.next = send_once()});
    Operation op;
    op.kind = GM_CAN_EMBED;
    const Transcript seen = run_exchange(Provider::Abi::kTable, &provider, op, {});
    EXPECT_EQ(seen.status, GM_UNSUPPORTED);
    EXPECT_EQ(seen.failed_in, "open");
}

struct Breach {
    const char* name;
    Script script;
    const char* violation;
};

class ExchangeDriverBreach : public ::testing::TestWithParam<Breach> {};

TEST_P(ExchangeDriverBreach, IsNoticed) {
    Scripted provider(GetParam().script);
    const Transcript seen = run(provider, {{200, {}, "ab"}}, {.piece = 1, .max_calls = 100});
    EXPECT_EQ(seen.violations, Calls{GetParam().violation});
    EXPECT_EQ(provider.alive, 0);
}

Step send(HttpOut out) {
    out.target("POST", "https://h");
    return Step::kSend;
}

INSTANTIATE_TEST_SUITE_P(
    Contract, ExchangeDriverBreach,
    ::testing::Values(
        Breach{"NeverDone",
               {.next = [](HttpOut) { return Step::kLocal; }},
               "not done after 100 calls"},
        Breach{"NoTarget", {.next = [](HttpOut) { return Step::kSend; }}, "SEND without a target"},
        Breach{"TwoBodies",
               {.next =
                    [](HttpOut out) {
                        out.body("x");
                        out.forward_body();
                        return send(out);
                    }},
               "forward_body() together with body()"},
        Breach{"OneRequestTooMany",
               {.next = send},
               "one more request than there are recorded answers"},
        Breach{"UnknownStep",
               {.next = [](HttpOut) { return static_cast<Step>(9); }},
               "next set an unknown step, or none"},
        Breach{"UnknownFraming",
               {.next = send_once(), .framing = static_cast<Framing>(9)},
               "head set an unknown framing, or none"},
        Breach{"UnknownOutput",
               {.next = send_once(),
                .feed = [](std::string_view, std::string_view, Sink out) { out.write(7, "x"); }},
               "wrote an unknown kind of output"}),
    [](const auto& each) { return each.param.name; });

TEST(ExchangeDriver, NoticesWritesAfterARefusal) {
    Script script;
    script.next = send_once();
    script.feed = [](std::string_view, std::string_view, Sink out) {
        for (int i = 0; i < 2; ++i) {
            try {
                out.write(GM_OUT_BODY, "x");
            } catch (const Refused&) {
                continue;
            }
        }
    };
    Scripted provider(std::move(script));
    const Transcript seen = run(provider, {{200, {}, "ab"}}, {.refuse = GM_CANCELLED});
    EXPECT_EQ(seen.violations,
              (Calls{"feed wrote again after a refusal",
                     "feed did not return the status its write was refused with"}));
}

}  // namespace
}  // namespace gomodel
