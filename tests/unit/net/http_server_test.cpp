#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <vector>

#include "unit/net/http_server_fixture.hpp"

namespace gomodel::net {
namespace {

using std::chrono::milliseconds;
using tests::TcpEnd;

TEST_F(HttpServerTest, KeepsAConnectionForTheNextRequest) {
    start();
    const TcpEnd client = connect();
    for (int i = 0; i < 3; ++i) {
        client.send(kGet);
        const std::string answer = client.receive_until("GET ");
        EXPECT_TRUE(answered(answer, 200)) << answer;
        EXPECT_EQ(answer.find("Connection: close"), std::string::npos);
    }
    EXPECT_EQ(handler_.requests, 3);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
    start();
    const TcpEnd client = connect();
    client.send(
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
        "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
        "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string answers = client.receive_all();
    const std::size_t first = answers.find("POST one");
    const std::size_t second = answers.find("POST two");
    const std::size_t third = answers.find("GET ");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, std::string::npos) << answers;
}

TEST_F(HttpServerTest, RequestCutAtEveryByteIsTheSameRequest) {
    start();
    constexpr std::string_view kRequest =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const TcpEnd client = connect();
    for (std::size_t cut = 1; cut < kRequest.size(); ++cut) {
        client.send(kRequest.substr(0, cut));
        client.send(kRequest.substr(cut));
        ASSERT_TRUE(answered(client.receive_until("POST abc"), 200)) << cut;
    }
}

TEST_F(HttpServerTest, SendsContinueBeforeTheBodyIsSent) {
    start();
    const TcpEnd client = connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    EXPECT_TRUE(answered(client.receive_until("POST body"), 200));
}

TEST_F(HttpServerTest, HeadGetsTheHeadOnly) {
    start();
    const std::string answer = exchange("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answered(answer, 200));
    EXPECT_NE(answer.find("Content-Length: 5"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, StreamsInChunks) {
    start();
    const std::string answer =
        exchange("GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("Transfer-Encoding: chunked"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("8\r\nevent 0\n\r\n8\r\nevent 1\n\r\n8\r\nevent 2\n\r\n0\r\n\r\n"))
        << answer;
}

TEST_F(HttpServerTest, StreamsUntilCloseForHttp10) {
    start();
    const std::string answer = exchange("GET /stream HTTP/1.0\r\n\r\n");
    EXPECT_EQ(answer.find("chunked"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\nevent 0\nevent 1\nevent 2\n")) << answer;
}

TEST_F(HttpServerTest, BrokenOffStreamArrivesButIsNotWhole) {
    start();
    const std::string answer = exchange("GET /break HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("4\r\nhalf\r\n")) << answer;
}

TEST_F(HttpServerTest, MalformedRequestGets400AndTheConnectionEnds) {
    start();
    const TcpEnd client = connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n");
    const std::string answer = client.receive_all();
    EXPECT_TRUE(answered(answer, 400)) << answer;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    EXPECT_EQ(handler_.requests, 0);
}

TEST_F(HttpServerTest, RequestCutOffByItsClientGets400) {
    start();
    EXPECT_TRUE(answered(exchange("GET / HTTP/1.1\r\nHo"), 400));
    EXPECT_EQ(handler_.requests, 0);
    const std::string sized =
        exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nfour");
    EXPECT_TRUE(answered(sized, 400)) << sized;
    EXPECT_NE(sized.find("ended inside the request body"), std::string::npos) << sized;
    const std::string chunked =
        exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nfour");
    EXPECT_TRUE(answered(chunked, 400)) << chunked;
    EXPECT_TRUE(exchange("").empty());
}

TEST_F(HttpServerTest, HeadPastTheLimitGets431) {
    ServerLimits limits;
    limits.max_head = 512;
    start(limits);
    const std::string answer =
        exchange("GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(2000, 'x') + "\r\n\r\n");
    EXPECT_TRUE(answered(answer, 431)) << answer;
}

TEST_F(HttpServerTest, DeclaredBodyPastTheLimitGets413WithoutBeingRead) {
    start();
    const TcpEnd client = connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");
    const std::string answer = client.receive_all();
    EXPECT_TRUE(answered(answer, 413)) << answer;
    EXPECT_NE(answer.find("1000 bytes"), std::string::npos) << answer;
}

TEST_F(HttpServerTest, ChunkedBodyPastTheLimitGets413) {
    start();
    const TcpEnd client = connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                std::string(2000, 'x') + "\r\n0\r\n\r\n");
    EXPECT_TRUE(answered(client.receive_all(), 413));
}

TEST_F(HttpServerTest, ChunkHeaderOrTrailersWithoutEndGet431) {
    ServerLimits limits;
    limits.max_head = 4096;
    start(limits);
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const char* const begin : {"", "5;a=", "3\r\nabc\r\n0\r\nA: "}) {
        const TcpEnd client = connect();
        client.send(head + begin + std::string(10'000, '0'));
        const std::string answer = client.receive_all();
        EXPECT_TRUE(answered(answer, 431)) << answer;
        EXPECT_NE(answer.find("chunk header or trailers"), std::string::npos) << answer;
    }
}

TEST_F(HttpServerTest, TimeForAHeadBeginsBehindBlankLines) {
    ServerLimits limits;
    limits.header_timeout = milliseconds(100);
    start(limits);
    const TcpEnd client = connect();
    client.send("\r\n");
    std::this_thread::sleep_for(milliseconds(150));  // silent between requests, which is allowed
    client.send(kGet.substr(0, 10));
    std::this_thread::sleep_for(milliseconds(20));
    client.send(kGet.substr(10));
    EXPECT_TRUE(answered(client.receive_until("GET "), 200));
}

TEST_F(HttpServerTest, AnswerToAnUnreadLargeBodyReachesAClientThatIsStillSending) {
    start();
    const TcpEnd client = connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 700000\r\n\r\n");
    client.send(std::string(700000, 'x'));
    EXPECT_TRUE(answered(client.receive_all(), 413));
}

// As the official clients do, which send a body to its end before they read.
TEST_F(HttpServerTest, AnswerReachesAClientWhateverTheSizeOfItsUnreadBody) {
    start();
    const TcpEnd client = connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n");
    EXPECT_TRUE(client.send(std::string(20000000, 'x')));
    EXPECT_TRUE(answered(client.receive_all(), 413));
}

TEST_F(HttpServerTest, SlowHeadGets408) {
    ServerLimits limits;
    limits.header_timeout = milliseconds(100);
    start(limits);
    const TcpEnd client = connect();
    client.send("GET / HT");
    EXPECT_TRUE(answered(client.receive_all(), 408));
}

TEST_F(HttpServerTest, SlowBodyGets408) {
    ServerLimits limits;
    limits.body_timeout = milliseconds(100);
    start(limits);
    const TcpEnd client = connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    EXPECT_TRUE(answered(client.receive_all(), 408));
}

TEST_F(HttpServerTest, IdleConnectionIsClosedWithoutAWord) {
    ServerLimits limits;
    limits.idle_timeout = milliseconds(100);
    start(limits);
    const TcpEnd client = connect();
    EXPECT_EQ(client.receive_all(), "");
}

TEST_F(HttpServerTest, ThrowingHandlerBecomes500) {
    start();
    const std::string answer = exchange("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(answered(answer, 500)) << answer;
    EXPECT_EQ(answer.find("secret"), std::string::npos);
}

TEST_F(HttpServerTest, HandlerThatSaysNothingBecomes500) {
    start();
    EXPECT_TRUE(answered(exchange("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n"), 500));
}

TEST_F(HttpServerTest, HangUpCancelsTheHandlerAtOnce) {
    start();
    const auto began = std::chrono::steady_clock::now();
    {
        const TcpEnd client = connect();
        client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        while (handler_.requests == 0)
            std::this_thread::yield();
    }
    while (handler_.gone == 0)
        std::this_thread::yield();
    EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(1000));
}

TEST_F(HttpServerTest, ClientThatDoesNotReadStopsTheWriter) {
    start();
    const TcpEnd client = connect();
    client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    client.receive(1);
    std::uint64_t before = 0;
    // Nothing moves any more once the socket buffers are full.
    do {
        before = handler_.written;
        runner_.run([] {});
        std::this_thread::yield();
    } while (handler_.written != before);
    EXPECT_LT(handler_.written, 20u * 1024 * 1024);
    std::size_t received = 1;
    for (std::string more = client.receive(); !more.empty(); more = client.receive()) {
        received += more.size();
        if (more.ends_with("0\r\n\r\n")) break;
    }
    EXPECT_GT(received, 400u * 64 * 1024);
}

TEST_F(HttpServerTest, ClientThatTakesNothingIsGivenUp) {
    ServerLimits limits;
    limits.send_timeout = milliseconds(200);
    start(limits);
    const TcpEnd client = connect();
    client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    std::size_t open = 1;
    while (open != 0) {
        runner_.run([&] { open = server_->connections(); });
    }
    EXPECT_LT(handler_.written, 400u * 64 * 1024);
}

// Copies of a descriptor until no number below the last one is free, whatever was open before.
std::vector<int> fill_gaps(int descriptor) {
    int highest = descriptor;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        highest = std::max(highest, std::stoi(entry.path().filename().string()));
    std::vector<int> copies;
    do {
        copies.push_back(::dup(descriptor));
    } while (copies.back() >= 0 && copies.back() < highest);
    return copies;
}

TEST_F(HttpServerTest, ClientsBeyondTheDescriptorsAreToldSo) {
    start();
    const TcpEnd inside = connect();
    // A first request, because UBSan needs descriptors to look at a type for the first time.
    inside.send(kGet);
    EXPECT_TRUE(answered(inside.receive_until("GET "), 200));
    const int outside = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const std::vector<int> fillers = fill_gaps(outside);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none_left{static_cast<rlim_t>(fillers.back() + 1), before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
    const TcpEnd client = TcpEnd::connect(outside, port_);
    const std::string refusal = client.receive_all();
    EXPECT_TRUE(answered(refusal, 503)) << refusal;
    EXPECT_NE(refusal.find(R"("code":"overloaded")"), std::string::npos) << refusal;
    inside.send(kGet);
    EXPECT_TRUE(answered(inside.receive_until("GET "), 200));
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    for (const int filler : fillers)
        ::close(filler);
    EXPECT_TRUE(answered(exchange(kGet), 200));
}

TEST(Listening, LoopsShareAPortAndProgramsDoNot) {
    const base::Result<int> first = listen_tcp("127.0.0.1", 0);
    ASSERT_TRUE(first.ok()) << first.error().message;
    const std::uint16_t port = local_port(*first);
    const base::Result<int> second = listen_tcp("127.0.0.1", port);
    ASSERT_TRUE(second.ok()) << second.error().message;
    const base::Status taken = check_port_free("127.0.0.1", port);
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().message,
              "cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
    ::close(*first);
    ::close(*second);
    EXPECT_TRUE(check_port_free("127.0.0.1", port).ok());
    EXPECT_TRUE(check_port_free("", 0).ok());
}

TEST_F(HttpServerTest, ListensOnIpv6WhereTheHostHasIt) {
    const base::Result<int> listener = listen_tcp("", 0);
    ASSERT_TRUE(listener.ok()) << listener.error().message;
    ::close(*listener);
    const base::Result<int> bad = listen_tcp("203.0.113.1", 1);
    ASSERT_FALSE(bad.ok());
    EXPECT_NE(bad.error().message.find("203.0.113.1:1"), std::string::npos);
}

}  // namespace
}  // namespace gomodel::net
