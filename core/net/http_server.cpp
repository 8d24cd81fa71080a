#include "net/http_server.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <ctime>

#include "net/http_connection.hpp"
#include "net/socket.hpp"

namespace gomodel::net {
namespace {

constexpr auto kRetryAccept = std::chrono::milliseconds(50);
constexpr int kAcceptsATurn = 64;  // so that a burst of connections does not starve the others

HttpConnection& as_connection(ConnectionHook& hook) {
    return static_cast<HttpConnection&>(hook);
}

}  // namespace

Task<void> HttpHandler::refuse(ServerExchange& exchange, int status, std::string reason) {
    const HeaderFields fields{{"Content-Type", "application/json"}};
    const std::string body = error_body(status, reason);
    co_await exchange.respond(status, fields, body);
}

HttpServer::HttpServer(Loop& loop, HttpHandler& handler, const ServerLimits& limits, SSL_CTX* tls)
    : loop_(loop), handler_(handler), limits_(limits), tls_(tls) {}

HttpServer::~HttpServer() = default;

void HttpServer::listen(int fd) {
    listener_ = std::make_unique<Descriptor>(loop_, fd);
    accepting_ = true;
    spawn(accept_loop());
}

Task<void> HttpServer::accept_loop() {
    int accepted_now = 0;
    while (!stop_accepting_.cancelled()) {
        const int fd = ::accept4(listener_->fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            accepted(fd);
            if (++accepted_now % kAcceptsATurn == 0) co_await Yield(loop_);
            continue;
        }
        if (errno == EAGAIN) {
            listener_->not_readable();
            co_await Ready(*listener_, Direction::kRead, kNever, &stop_accepting_);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            // Out of descriptors or memory: the connections wait in the backlog.
            co_await Sleep(loop_, loop_.now() + kRetryAccept, &stop_accepting_);
        }
    }
    Descriptor::close(std::move(listener_));
    accepting_ = false;
    if (connections_.empty() && drained_) std::exchange(drained_, nullptr)();
}

void HttpServer::accepted(int fd) {
    tune_tcp(fd);
    auto connection = std::make_unique<HttpConnection>(*this, fd);
    connections_.push_back(*connection);
    spawn(connection.release()->run());
}

void HttpServer::closed(ConnectionHook& connection) {
    connections_.erase(connections_.iterator_to(connection));
    if (connections_.empty() && !accepting_ && drained_) std::exchange(drained_, nullptr)();
}

void HttpServer::drain(std::function<void()> drained) {
    draining_ = true;
    drained_ = std::move(drained);
    for (ConnectionHook& hook : connections_)
        as_connection(hook).close_if_idle();
    stop_accepting_.cancel();
    if (connections_.empty() && !accepting_ && drained_) std::exchange(drained_, nullptr)();
}

void HttpServer::abort_all() {
    for (ConnectionHook& hook : connections_)
        as_connection(hook).abort();
}

// An HTTP date (RFC 9110, 5.6.7), made once a second.
std::string_view HttpServer::date() {
    if (loop_.now() >= date_expires_) {
        const std::time_t seconds = std::chrono::system_clock::to_time_t(
            std::chrono::time_point_cast<std::chrono::system_clock::duration>(
                loop_.clock().wall()));
        std::tm utc{};
        ::gmtime_r(&seconds, &utc);
        char text[40];
        const std::size_t size =
            std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
        date_.assign(text, size);
        date_expires_ = loop_.now() + std::chrono::seconds(1);
    }
    return date_;
}

}  // namespace gomodel::net
