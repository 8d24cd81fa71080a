#include "net/http_client.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "support/loop_runner.hpp"
#include "support/tcp.hpp"

namespace gomodel::net {
namespace {

using base::Code;
using std::chrono::milliseconds;
using tests::ScriptedServer;
using tests::TcpEnd;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct Outcome {
    bool ok = false;
    Code code = Code::kOk;
    std::string message;
    int status = 0;
    std::string body;
    bool whole = false;
};

class HttpClientTest : public testing::Test {
protected:
    HttpClientTest() {
        runner_.run([this] {
            client_ = std::make_unique<HttpClient>(runner_.loop(), workers_, tls_, settings());
        });
    }
    ~HttpClientTest() override {
        runner_.run([this] { client_.reset(); });
    }
    static ClientSettings settings() {
        ClientSettings settings;
        settings.max_head = 8192;
        return settings;
    }

    Outcome fetch(const std::string& url, base::Duration limit = std::chrono::seconds(10),
                  const std::string& body = "", CancelSource* cancel = nullptr) {
        Outcome outcome;
        runner_.await([&] { return run(url, limit, body, cancel, &outcome); });
        return outcome;
    }

    Task<void> run(std::string url, base::Duration limit, std::string body, CancelSource* cancel,
                   Outcome* outcome) {
        ClientRequest request;
        request.method = body.empty() ? "GET" : "POST";
        request.url = url;
        request.headers = "X-Test: 1\r\n";
        request.first_byte = runner_.loop().now() + limit;
        request.has_body = !body.empty();
        request.body = {body};
        base::Result<std::unique_ptr<ClientExchange>> sent =
            co_await client_->send(std::move(request), cancel);
        outcome->ok = sent.ok();
        if (!sent.ok()) {
            outcome->code = sent.error().code;
            outcome->message = sent.error().message;
            co_return;
        }
        ClientExchange& exchange = **sent;
        outcome->status = exchange.status();
        for (;;) {
            std::string_view bytes;
            const BodyStep step = exchange.read(bytes);
            outcome->body.append(bytes);
            if (step == BodyStep::kEnd) outcome->whole = true;
            if (step == BodyStep::kFailed) outcome->message = exchange.failure();
            if (step == BodyStep::kEnd || step == BodyStep::kFailed) co_return;
            if (step == BodyStep::kWait) {
                const Wake wake = co_await exchange.wait(runner_.loop().now() + limit, cancel);
                if (wake != Wake::kReady) {
                    outcome->code = wake == Wake::kTimeout ? Code::kTimeout : Code::kCancelled;
                    co_return;
                }
            }
        }
    }

    std::size_t idle() {
        std::size_t count = 0;
        runner_.run([&] { count = client_->idle_connections(); });
        return count;
    }

    WorkerPool workers_{2};
    TlsClient tls_;
    tests::LoopRunner runner_;
    std::unique_ptr<HttpClient> client_;
};

// Reads one request without a body and answers.
void answer(TcpEnd& client, std::string_view bytes) {
    if (!client.receive_until("\r\n\r\n").empty()) client.send(bytes);
}

TEST_F(HttpClientTest, SendsHeadBodyAndReadsTheAnswer) {
    std::string seen;
    ScriptedServer server([&](TcpEnd& client, int) {
        seen = client.receive_until("\r\n\r\n");
        seen += client.receive(4);
        client.send(kOk);
    });
    const Outcome outcome = fetch(server.url("/a/b?c=d"), std::chrono::seconds(10), "body");
    EXPECT_EQ(outcome.status, 200);
    EXPECT_EQ(outcome.body, "ok");
    EXPECT_EQ(seen, "POST /a/b?c=d HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                        "\r\nX-Test: 1\r\nContent-Length: 4\r\n\r\nbody");
}

TEST_F(HttpClientTest, ReusesAQuietConnection) {
    std::atomic<int> connections = 0;
    ScriptedServer server([&](TcpEnd& client, int) {
        ++connections;
        for (int i = 0; i < 3; ++i)
            answer(client, kOk);
    });
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(fetch(server.url()).body, "ok");
    EXPECT_EQ(connections, 1);
}

TEST_F(HttpClientTest, SendsAgainOnAFreshConnectionWhenThePooledOneDies) {
    std::atomic<int> requests = 0;
    ScriptedServer server([&](TcpEnd& client, int connection) {
        answer(client, kOk);
        if (connection > 0) return;
        // The second request comes on the pooled connection, which is then reset unanswered.
        client.receive_until("\r\n\r\n");
        ++requests;
        client.reset();
    });
    EXPECT_EQ(fetch(server.url()).body, "ok");
    EXPECT_EQ(fetch(server.url()).body, "ok");
    EXPECT_EQ(requests, 1);
}

TEST_F(HttpClientTest, ConnectionClosedWhileIdleLeavesThePool) {
    ScriptedServer server([&](TcpEnd& client, int) { answer(client, kOk); });
    EXPECT_EQ(fetch(server.url()).body, "ok");
    while (idle() != 0)
        std::this_thread::yield();
    EXPECT_EQ(fetch(server.url()).body, "ok");
}

TEST_F(HttpClientTest, ConnectionThatAnswersTwiceIsNotReused) {
    ScriptedServer server([&](TcpEnd& client, int) {
        answer(client, std::string(kOk) + std::string(kOk));
        client.receive();
    });
    EXPECT_EQ(fetch(server.url()).body, "ok");
    EXPECT_EQ(idle(), 0u);
}

TEST_F(HttpClientTest, ChunksAreDecodedWhereverTheyAreCut) {
    constexpr std::string_view kAnswer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n"
        "0\r\nX-T: 1\r\n\r\n";
    std::size_t cut = 0;
    ScriptedServer server([&](TcpEnd& client, int) {
        while (!client.receive_until("\r\n\r\n").empty()) {
            client.send(kAnswer.substr(0, cut));
            std::this_thread::sleep_for(std::chrono::microseconds(300));
            client.send(kAnswer.substr(cut));
        }
    });
    for (cut = 1; cut < kAnswer.size(); ++cut) {
        const Outcome outcome = fetch(server.url());
        ASSERT_TRUE(outcome.whole) << cut << ' ' << outcome.message;
        ASSERT_EQ(outcome.body, "abc0123456789") << cut;
    }
    runner_.run([this] { client_->close_idle(); });  // ends the script
}

TEST_F(HttpClientTest, InterimAnswersAreSkipped) {
    ScriptedServer server([&](TcpEnd& client, int) {
        answer(client, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
                           std::string(kOk));
    });
    EXPECT_EQ(fetch(server.url()).body, "ok");
}

TEST_F(HttpClientTest, AnswerUntilClose) {
    ScriptedServer server(
        [&](TcpEnd& client, int) { answer(client, "HTTP/1.0 200 OK\r\n\r\nall"); });
    const Outcome outcome = fetch(server.url());
    EXPECT_TRUE(outcome.whole);
    EXPECT_EQ(outcome.body, "all");
}

TEST_F(HttpClientTest, RefusedConnectionIsUnavailable) {
    std::uint16_t port = 0;
    {
        ScriptedServer server([](TcpEnd&, int) {});
        port = server.port();
    }
    const Outcome outcome = fetch("http://127.0.0.1:" + std::to_string(port) + "/secret-path");
    EXPECT_EQ(outcome.code, Code::kUnavailable);
    EXPECT_NE(outcome.message.find("refused"), std::string::npos) << outcome.message;
    EXPECT_EQ(outcome.message.find("secret"), std::string::npos);
}

TEST_F(HttpClientTest, UnknownHostIsUnavailable) {
    const Outcome outcome = fetch("http://no-such-host.invalid/");
    EXPECT_EQ(outcome.code, Code::kUnavailable);
    EXPECT_NE(outcome.message.find("no-such-host.invalid"), std::string::npos) << outcome.message;
}

TEST_F(HttpClientTest, SilentUpstreamTimesOut) {
    ScriptedServer server([&](TcpEnd& client, int) { client.receive_all(); });
    const Outcome outcome = fetch(server.url(), milliseconds(100));
    EXPECT_EQ(outcome.code, Code::kTimeout);
}

TEST_F(HttpClientTest, StallInsideABodyTimesOut) {
    ScriptedServer server([&](TcpEnd& client, int) {
        answer(client, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        client.receive_all();
    });
    const Outcome outcome = fetch(server.url(), milliseconds(100));
    EXPECT_EQ(outcome.body, "half");
    EXPECT_EQ(outcome.code, Code::kTimeout);
    EXPECT_EQ(idle(), 0u);
}

TEST_F(HttpClientTest, ResetInsideABodyIsAFailure) {
    ScriptedServer server([&](TcpEnd& client, int) {
        answer(client, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        client.close();
    });
    const Outcome outcome = fetch(server.url());
    EXPECT_FALSE(outcome.whole);
    EXPECT_NE(outcome.message, "");
}

TEST_F(HttpClientTest, EndInsideChunksIsAFailure) {
    ScriptedServer server([&](TcpEnd& client, int) {
        answer(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    });
    const Outcome outcome = fetch(server.url());
    EXPECT_EQ(outcome.body, "half");
    EXPECT_FALSE(outcome.whole);
}

TEST_F(HttpClientTest, GarbageIsUnavailable) {
    ScriptedServer server(
        [&](TcpEnd& client, int) { answer(client, "<html>hello</html>\r\n\r\n"); });
    const Outcome outcome = fetch(server.url());
    EXPECT_EQ(outcome.code, Code::kUnavailable);
    EXPECT_NE(outcome.message.find("not HTTP"), std::string::npos) << outcome.message;
}

TEST_F(HttpClientTest, HugeHeadIsRefused) {
    ScriptedServer server([&](TcpEnd& client, int) {
        answer(client, "HTTP/1.1 200 OK\r\nA: " + std::string(1024 * 1024, 'x') + "\r\n\r\n");
    });
    EXPECT_EQ(fetch(server.url()).code, Code::kUnavailable);
}

TEST_F(HttpClientTest, CancellingEndsTheWaitAndClosesTheConnection) {
    std::promise<void> closed;
    CancelSource cancel;
    ScriptedServer server([&](TcpEnd& client, int) {
        client.receive_until("\r\n\r\n");
        runner_.loop().post([&] { cancel.cancel(); });
        client.receive_all();
        closed.set_value();
    });
    const Outcome outcome = fetch(server.url(), std::chrono::seconds(10), "", &cancel);
    EXPECT_EQ(outcome.code, Code::kCancelled);
    EXPECT_EQ(closed.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
}

TEST_F(HttpClientTest, EarlyRefusalOfALargeBodyIsRead) {
    ScriptedServer server([&](TcpEnd& client, int) {
        client.receive_until("\r\n\r\n");
        client.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
        client.half_close();
        client.receive_all();
    });
    const Outcome outcome =
        fetch(server.url(), std::chrono::seconds(10), std::string(8 * 1024 * 1024, 'x'));
    EXPECT_EQ(outcome.status, 413);
    EXPECT_EQ(outcome.body, "big");
}

TEST_F(HttpClientTest, MalformedUrlIsInvalidAndNotShown) {
    for (const char* url : {"ftp://user:secret@host/", "http://", "http://[::1/secret", "secret"}) {
        const Outcome outcome = fetch(url);
        EXPECT_EQ(outcome.code, Code::kInvalid) << url;
        EXPECT_EQ(outcome.message.find("secret"), std::string::npos) << outcome.message;
    }
}

}  // namespace
}  // namespace gomodel::net
