// The time of day may jump (NTP, an operator, a virtual machine that was stopped): what is measured
// is not moved by it.
#include <gtest/gtest.h>

#include "net/http_server.hpp"
#include "net/socket.hpp"
#include "support/manual_clock.hpp"
#include "support/tcp.hpp"

namespace gomodel::net {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using tests::TcpEnd;

class Answering final : public HttpHandler {
public:
    Task<void> handle(ServerExchange& exchange) override {
        const HeaderFields none;
        co_await exchange.respond(200, none, "answer");
    }
    std::string error_body(int status, std::string_view) override {
        return "error " + std::to_string(status);
    }
};

class ClockJumpTest : public testing::TestWithParam<int> {
protected:
    void SetUp() override {
        const base::Result<int> listener = listen_tcp("127.0.0.1", 0);
        ASSERT_TRUE(listener.ok());
        port_ = local_port(*listener);
        server_.listen(*listener);
    }
    void TearDown() override {
        bool drained = false;
        server_.drain([&] { drained = true; });
        server_.abort_all();
        for (int i = 0; i < 1000 && !drained; ++i)
            loop_.turn(false);
        ASSERT_TRUE(drained);
    }
    void jump() { clock_.jump(hours(GetParam())); }
    void turns() {
        for (int i = 0; i < 10; ++i)
            loop_.turn(false);
    }

    tests::ManualClock clock_;
    Loop loop_{clock_};
    Answering handler_;
    HttpServer server_{loop_, handler_, ServerLimits{}, nullptr};
    std::uint16_t port_ = 0;
};

TEST_P(ClockJumpTest, AHeadHasItsTimeAndNoMore) {
    const TcpEnd client = TcpEnd::connect(port_);
    client.send("GET / HTTP/1.1\r\nHost:");
    turns();
    jump();
    clock_.advance(seconds(9));
    turns();
    EXPECT_EQ(server_.connections(), 1u);
    client.send(" a\r\n\r\n");
    turns();
    EXPECT_TRUE(client.receive_until("answer").starts_with("HTTP/1.1 200 "));

    client.send("GET / HTTP/1.1\r\nHost:");
    turns();
    jump();
    clock_.advance(seconds(11));
    turns();
    EXPECT_TRUE(client.receive_until("error").starts_with("HTTP/1.1 408 "));
}

TEST_P(ClockJumpTest, AnIdleConnectionStaysAsLongAsItMay) {
    const TcpEnd client = TcpEnd::connect(port_);
    turns();
    ASSERT_EQ(server_.connections(), 1u);
    jump();
    clock_.advance(seconds(119));
    turns();
    EXPECT_EQ(server_.connections(), 1u);
    clock_.advance(seconds(2));
    turns();
    EXPECT_EQ(server_.connections(), 0u);
}

TEST_P(ClockJumpTest, TheDateOfAnAnswerIsTheNewOne) {
    const TcpEnd client = TcpEnd::connect(port_);
    const auto date = [&] {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        turns();
        const std::string answer = client.receive_until("answer");
        return answer.substr(answer.find("Date: ") + 6, 29);
    };
    EXPECT_EQ(date(), "Thu, 01 Jan 1970 02:00:00 GMT");
    jump();
    clock_.advance(seconds(1));
    EXPECT_EQ(date(),
              GetParam() > 0 ? "Thu, 01 Jan 1970 03:00:01 GMT" : "Thu, 01 Jan 1970 01:00:01 GMT");
}

INSTANTIATE_TEST_SUITE_P(AnHour, ClockJumpTest, testing::Values(1, -1));

}  // namespace
}  // namespace gomodel::net
