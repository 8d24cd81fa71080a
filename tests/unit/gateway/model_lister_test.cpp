// A gateway that starts before its upstream finds the upstream's models once it is there.

#include "gateway/model_lister.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/captured_log.hpp"
#include "support/manual_clock.hpp"
#include "support/tcp.hpp"

namespace gomodel::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class NoRecorder final : public Recorder {
public:
    void upstream_began(const UpstreamCall&) override {}
    void upstream_ended(const UpstreamCall&, int, base::Duration) override {}
    void record(const RequestRecord&) override {}
};

class ModelListerTest : public testing::Test {
protected:
    static constexpr int kFailures = 3;

    ModelListerTest() {
        control_.run([this] { store_.publish(make()); });
        lister_.start();
    }
    ~ModelListerTest() override {
        bool stopped = false;
        lister_.stop([&] { stopped = true; });
        turn_until([&] { return stopped; });
        EXPECT_TRUE(stopped);
        control_.run([this] { store_.clear(); });
    }

    std::unique_ptr<Generation> make() {
        const auto module = plugin::Module::load(TEST_OPENAI, {});
        EXPECT_TRUE(module.ok()) << module.error().message;
        const std::string options = R"({"api_key":"k","base_url":")" + server_.url("/v1") + "\"}";
        const auto instance =
            plugin::Instance::create(*module, *(*module)->descriptor().plugins[0], "main", options,
                                     log_.log(), base::SteadyTime::max());
        EXPECT_TRUE(instance.ok()) << instance.error().message;
        auto generation = std::make_unique<Generation>();
        generation->settings.cache.model.refresh_interval = std::chrono::hours(1);
        generation->providers.push_back(
            std::make_shared<const Provider>(Provider{"main", "openai", *instance, {}, {}}));
        return generation;
    }

    template <typename Condition>
    void turn_until(Condition condition) {
        const auto limit = std::chrono::steady_clock::now() + seconds(10);
        while (!condition() && std::chrono::steady_clock::now() < limit) {
            loop_.turn(false);
            std::this_thread::yield();
        }
    }
    // Waits for this many failed tries to have been reported.
    int failures(int wanted) {
        const auto count = [this] {
            const std::string text = log_.text();
            int found = 0;
            for (std::size_t at = 0; (at = text.find("could not be listed", at)) != text.npos; ++at)
                ++found;
            return found;
        };
        turn_until([&] { return count() >= wanted; });
        return count();
    }
    void advance(base::Duration by) {
        clock_.advance(by);
        for (int i = 0; i < 5; ++i)
            loop_.turn(false);
    }

    std::atomic<int> asked_ = 0;
    tests::ScriptedServer server_{[this](tests::TcpEnd& client, int) {
        client.receive_until("\r\n\r\n");
        const bool up = ++asked_ > kFailures;
        const std::string body = up ? R"({"data":[{"id":"m"}]})" : "{}";
        client.send(std::string(up ? "HTTP/1.1 200 OK" : "HTTP/1.1 503 No") +
                    "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
    }};
    tests::ManualClock clock_;
    net::Loop loop_{clock_};
    net::WorkerPool workers_{1};
    net::TlsClient tls_;
    net::HttpClient client_{loop_, workers_, tls_, {}};
    dialect::RequestReader reader_;
    base::SystemRandom random_;
    NoRecorder recorder_;
    LoopServices services_{loop_, client_, reader_, random_, recorder_};
    tests::CapturedLog log_;
    plugin::ControlThread control_;
    GenerationStore store_{control_};
    ModelLister lister_{services_, store_, control_, log_.log()};
};

TEST_F(ModelListerTest, AsksAgainSoonThenLessOftenUntilItIsTold) {
    EXPECT_EQ(failures(1), 1);
    advance(milliseconds(999));
    EXPECT_EQ(asked_, 1);
    advance(milliseconds(1));
    EXPECT_EQ(failures(2), 2);
    advance(milliseconds(1999));
    EXPECT_EQ(asked_, 2);
    advance(milliseconds(1));
    EXPECT_EQ(failures(3), 3);
    advance(seconds(4));
    turn_until([this] { return store_.current().get()->catalog->find("main/m") != nullptr; });
    EXPECT_NE(store_.current().get()->catalog->find("main/m"), nullptr);
    EXPECT_EQ(asked_, 4);
    advance(minutes(30));
    EXPECT_EQ(asked_, 4);
    advance(minutes(31));
    turn_until([this] { return asked_ == 5; });
    EXPECT_EQ(asked_, 5) << "the regular refresh";
}

TEST_F(ModelListerTest, StopEndsTheWaitForTheNextTry) {
    EXPECT_EQ(failures(1), 1);
    bool stopped = false;
    lister_.stop([&] { stopped = true; });
    turn_until([&] { return stopped; });
    EXPECT_TRUE(stopped);
    EXPECT_EQ(asked_, 1);
}

}  // namespace
}  // namespace gomodel::gateway
