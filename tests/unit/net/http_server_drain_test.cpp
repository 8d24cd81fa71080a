// How a server ends: what is running and what has arrived is served, or is cut off and told so.
#include <array>
#include <optional>

#include "unit/net/http_server_fixture.hpp"

namespace gomodel::net {
namespace {

using std::chrono::milliseconds;
using tests::TcpEnd;

TEST_F(HttpServerTest, DrainingLetsARunningExchangeFinishAndClosesIdleConnections) {
    start();
    const TcpEnd idle = connect();
    const TcpEnd busy = connect();
    busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nha");
    while (handler_.requests == 0)
        std::this_thread::yield();
    std::promise<void> drained;
    runner_.run([&] { server_->drain([&] { drained.set_value(); }); });
    EXPECT_EQ(idle.receive_all(), "");
    EXPECT_FALSE(connect().send(kGet) && !connect().receive_all().empty());
    busy.send("lf");
    const std::string answer = busy.receive_all();
    EXPECT_TRUE(answered(answer, 200)) << answer;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    runner_.run([&] { server_.reset(); });
}

TEST_F(HttpServerTest, DrainingServesWhoeverHadConnected) {
    start();
    const TcpEnd accepted = connect();
    while (connections() == 0)
        std::this_thread::yield();
    std::optional<TcpEnd> waiting;
    std::promise<void> drained;
    runner_.run([&] {  // the loop is busy: this one is not accepted yet
        waiting.emplace(connect());
        server_->drain([&] { drained.set_value(); });
    });
    for (const TcpEnd* const client : std::array<const TcpEnd*, 2>{&accepted, &*waiting}) {
        client->send(kGet);
        const std::string answer = client->receive_all();
        EXPECT_TRUE(answered(answer, 200)) << answer;
        EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    }
    EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    runner_.run([&] { server_.reset(); });
}

TEST_F(HttpServerTest, DrainingDoesNotAnnounceTheEndOfAChunkedAnswer) {
    start();
    const TcpEnd client = connect();
    client.send(kGet);
    EXPECT_TRUE(answered(client.receive_until("GET "), 200));
    std::promise<void> drained;
    runner_.run([&] {
        client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
        server_->drain([&] { drained.set_value(); });
    });
    const std::string answer = client.receive_all();
    EXPECT_TRUE(answered(answer, 200)) << answer;
    EXPECT_EQ(answer.find("Connection:"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n0\r\n\r\n")) << answer;
    EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    runner_.run([&] { server_.reset(); });
}

TEST_F(HttpServerTest, DrainingServesARequestThatHasArrived) {
    start();
    const TcpEnd client = connect();
    client.send(kGet);
    EXPECT_TRUE(answered(client.receive_until("GET "), 200));
    std::promise<void> drained;
    runner_.run([&] {
        client.send(kGet);
        server_->drain([&] { drained.set_value(); });
    });
    EXPECT_TRUE(answered(client.receive_all(), 200));
    EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    runner_.run([&] { server_.reset(); });
}

TEST_F(HttpServerTest, CuttingOffTellsTheHandlerThatItWasNotTheClient) {
    start();
    const TcpEnd client = connect();
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    while (handler_.requests == 0)
        std::this_thread::yield();
    runner_.run([&] { server_->abort_all(); });
    while (handler_.gone == 0)
        std::this_thread::yield();
    EXPECT_EQ(handler_.cut_off, 1);
}

}  // namespace
}  // namespace gomodel::net
