#include <gtest/gtest.h>

#include <deque>

#include "net/http_client.hpp"
#include "support/loop_runner.hpp"
#include "support/tcp.hpp"

namespace gomodel::net {
namespace {

using base::Code;
using tests::ScriptedServer;
using tests::TcpEnd;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Gives its pieces one after another; then ends, fails, or waits until it is stopped.
class Pieces final : public BodySource {
public:
    enum class End { kComplete, kFails, kNever };

    Pieces(Loop& loop, std::deque<std::string> pieces, std::optional<std::uint64_t> size, End end)
        : loop_(loop), pieces_(std::move(pieces)), length_(size), end_(end) {}

    std::optional<std::uint64_t> length() const override { return length_; }

    Task<base::Result<std::string_view>> next(CancelSource* stop) override {
        if (pieces_.empty() && end_ == End::kNever) {
            co_await Sleep(loop_, kNever, stop);
            co_return base::Error{Code::kCancelled, "stopped"};
        }
        if (pieces_.empty() && end_ == End::kFails) {
            co_return base::Error{Code::kInvalid, "the source broke"};
        }
        if (pieces_.empty()) co_return std::string_view();
        given_ = std::move(pieces_.front());
        pieces_.pop_front();
        co_return std::string_view(given_);
    }

private:
    Loop& loop_;
    std::deque<std::string> pieces_;
    std::string given_;
    const std::optional<std::uint64_t> length_;
    const End end_;
};

struct Outcome {
    Code code = Code::kOk;
    std::string message;
    int status = 0;
};

class ClientUploadTest : public testing::Test {
protected:
    ClientUploadTest() {
        runner_.run([this] {
            client_ =
                std::make_unique<HttpClient>(runner_.loop(), workers_, tls_, ClientSettings());
        });
    }
    ~ClientUploadTest() override {
        runner_.run([this] { client_.reset(); });
    }

    Outcome upload(const std::string& url, std::deque<std::string> pieces,
                   std::optional<std::uint64_t> size, Pieces::End end = Pieces::End::kComplete,
                   base::Duration patience = std::chrono::seconds(10)) {
        Pieces source(runner_.loop(), std::move(pieces), size, end);
        Outcome outcome;
        runner_.await([&] { return run(url, &source, patience, &outcome); });
        return outcome;
    }

    Task<void> run(std::string url, BodySource* source, base::Duration patience, Outcome* outcome) {
        ClientRequest request;
        request.method = "POST";
        request.url = url;
        request.source = source;
        request.patience = patience;
        CancelSource cancel;
        base::Result<std::unique_ptr<ClientExchange>> sent =
            co_await client_->send(std::move(request), &cancel);
        if (!sent.ok()) {
            *outcome = {sent.error().code, sent.error().message, 0};
            co_return;
        }
        outcome->status = (*sent)->status();
        std::string_view bytes;
        while ((*sent)->read(bytes) == BodyStep::kWait) {
            const Wake wake = co_await (*sent)->wait(kNever, &cancel);
            if (wake != Wake::kReady) co_return;
        }
    }

    std::size_t idle() {
        std::size_t count = 0;
        runner_.run([&] { count = client_->idle_connections(); });
        return count;
    }

    WorkerPool workers_{1};
    TlsClient tls_;
    tests::LoopRunner runner_;
    std::unique_ptr<HttpClient> client_;
};

TEST_F(ClientUploadTest, SendsPiecesInChunksWhenNobodyKnowsTheLength) {
    std::string seen;
    ScriptedServer server([&](TcpEnd& client, int) {
        seen = client.receive_until("0\r\n\r\n");
        client.send(kOk);
    });
    EXPECT_EQ(upload(server.url("/a%2Fb?c=%20"), {"abc", std::string(17, 'x')}, {}).status, 200);
    EXPECT_EQ(seen,
              "POST /a%2Fb?c=%20 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                  "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n11\r\n" +
                  std::string(17, 'x') + "\r\n0\r\n\r\n");
}

TEST_F(ClientUploadTest, SendsPiecesAsTheyAreWhenTheLengthIsKnown) {
    std::string seen;
    ScriptedServer server([&](TcpEnd& client, int) {
        seen = client.receive_until("\r\n\r\nabc");
        client.send(kOk);
    });
    EXPECT_EQ(upload(server.url("/"), {"a", "bc"}, 3).status, 200);
    EXPECT_TRUE(seen.ends_with("Content-Length: 3\r\n\r\nabc")) << seen;
}

TEST_F(ClientUploadTest, StopsAtAnEarlyAnswerAndLeavesTheConnection) {
    ScriptedServer server([&](TcpEnd& client, int) {
        client.receive_until("\r\n\r\n");
        client.send(kOk);
        client.receive_until("never");
    });
    EXPECT_EQ(upload(server.url("/"), {"a"}, 3, Pieces::End::kNever).status, 200);
    EXPECT_EQ(idle(), 0U);
}

TEST_F(ClientUploadTest, TellsWhatTheSourceSaid) {
    ScriptedServer server([&](TcpEnd& client, int) { client.receive_until("never"); });
    const Outcome outcome = upload(server.url("/"), {"a"}, {}, Pieces::End::kFails);
    EXPECT_EQ(outcome.code, Code::kInvalid);
    EXPECT_EQ(outcome.message, "the source broke");
}

TEST_F(ClientUploadTest, WaitsForAnAnswerNoLongerThanItHasPatience) {
    ScriptedServer server([&](TcpEnd& client, int) { client.receive_until("never"); });
    const Outcome outcome =
        upload(server.url("/"), {"a"}, {}, Pieces::End::kComplete, std::chrono::milliseconds(50));
    EXPECT_EQ(outcome.code, Code::kTimeout);
    EXPECT_EQ(outcome.message, "the upstream did not answer in time");
}

TEST_F(ClientUploadTest, NoticesThatTheUpstreamIsGoneWhileTheSourceIsSilent) {
    ScriptedServer server([&](TcpEnd& client, int) { client.receive_until("\r\n\r\n"); });
    const Outcome outcome = upload(server.url("/"), {}, {}, Pieces::End::kNever);
    EXPECT_EQ(outcome.code, Code::kUnavailable);
}

TEST(ChildCancelSource, IsCancelledWithItsParentOrAlone) {
    CancelSource parent;
    ChildCancelSource first(parent);
    { ChildCancelSource gone(parent); }
    ChildCancelSource second(parent);
    first.cancel();
    EXPECT_FALSE(parent.cancelled());
    EXPECT_FALSE(second.cancelled());
    parent.cancel();
    EXPECT_TRUE(second.cancelled());
    EXPECT_TRUE(ChildCancelSource(parent).cancelled());
}

}  // namespace
}  // namespace gomodel::net
