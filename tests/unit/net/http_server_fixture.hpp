// A server on a port of its own, whose handler echoes, and what asks it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "net/http_server.hpp"
#include "net/socket.hpp"
#include "support/loop_runner.hpp"
#include "support/tcp.hpp"

namespace gomodel::net {

inline constexpr std::uint64_t kBodyLimit = 1000;
inline constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

// Echoes what it is sent; a few paths behave badly or slowly.
class EchoHandler final : public HttpHandler {
public:
    Task<void> handle(ServerExchange& exchange) override {
        ++requests;
        const std::string path(exchange.target());
        if (path == "/throw") throw std::runtime_error("secret detail");
        if (path == "/silent") co_return;
        if (path == "/stream") {
            co_await stream(&exchange, 3);
        } else if (path == "/break") {
            co_await begin_and_break(&exchange);
        } else if (path == "/big") {
            co_await big(&exchange);
        } else if (path == "/wait") {
            co_await wait(&exchange);
        } else {
            co_await echo(&exchange);
        }
    }
    std::string error_body(int status, std::string_view) override {
        return "error " + std::to_string(status);
    }

    std::atomic<int> requests = 0;
    std::atomic<int> gone = 0;
    std::atomic<int> cut_off = 0;
    std::atomic<std::uint64_t> written = 0;

private:
    static Task<void> echo(ServerExchange* exchange) {
        RequestBody body = co_await exchange->read_body(kBodyLimit);
        const HeaderFields none;
        if (body.status != 0) {
            co_await exchange->respond(body.status, none, body.reason);
            co_return;
        }
        const std::string text =
            std::string(exchange->method()) + " " + std::string(body.bytes.view());
        co_await exchange->respond(200, none, text);
    }
    static Task<void> stream(ServerExchange* exchange, int events) {
        const HeaderFields none;
        exchange->start(200, none, std::nullopt);
        for (int i = 0; i < events; ++i) {
            const std::string event = "event " + std::to_string(i) + "\n";
            const std::string_view piece = event;
            if (!exchange->write({&piece, 1}, i + 1 == events)) co_await exchange->flush();
            co_await Yield(exchange->loop());
        }
    }
    static Task<void> begin_and_break(ServerExchange* exchange) {
        const HeaderFields none;
        exchange->start(200, none, std::nullopt);
        const std::string_view piece = "half";
        exchange->write({&piece, 1}, false);
        co_await exchange->break_off();
    }
    Task<void> big(ServerExchange* exchange) {
        const HeaderFields none;
        const std::string block(64 * 1024, 'x');
        exchange->start(200, none, std::nullopt);
        for (int i = 0; i < 400; ++i) {
            const std::string_view piece = block;
            if (!exchange->write({&piece, 1}, i == 399)) {
                const bool sent = co_await exchange->flush();
                if (!sent) co_return;
            }
            written += block.size();
        }
    }
    Task<void> wait(ServerExchange* exchange) {
        co_await Sleep(exchange->loop(), exchange->loop().now() + std::chrono::seconds(60),
                       &exchange->client_gone());
        if (exchange->cut_off()) ++cut_off;
        ++gone;
    }
};

class HttpServerTest : public testing::Test {
protected:
    void start(const ServerLimits& limits = {}) {
        runner_.run([&] {
            server_ = std::make_unique<HttpServer>(runner_.loop(), handler_, limits, nullptr);
            const base::Result<int> listener = listen_tcp("127.0.0.1", 0);
            ASSERT_TRUE(listener.ok());
            port_ = local_port(*listener);
            server_->listen(*listener);
        });
    }
    void TearDown() override {
        if (server_ == nullptr) return;
        std::promise<void> drained;
        runner_.run([&] {
            server_->drain([&] { drained.set_value(); });
            server_->abort_all();
        });
        ASSERT_EQ(drained.get_future().wait_for(std::chrono::seconds(10)),
                  std::future_status::ready);
        runner_.run([&] { server_.reset(); });
    }
    tests::TcpEnd connect() const { return tests::TcpEnd::connect(port_); }
    std::size_t connections() {
        std::size_t count = 0;
        runner_.run([&] { count = server_->connections(); });
        return count;
    }
    std::string exchange(std::string_view request) const {
        const tests::TcpEnd client = connect();
        client.send(request);
        client.half_close();
        return client.receive_all();
    }

    EchoHandler handler_;
    tests::LoopRunner runner_;
    std::unique_ptr<HttpServer> server_;
    std::uint16_t port_ = 0;
};

inline bool answered(const std::string& text, int status) {
    return text.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}

}  // namespace gomodel::net
