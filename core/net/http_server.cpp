#include "net/http_server.hpp"

#include <sys/socket.h>
#include <unistd.h>

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

// Takes one connection that waits. False: errno says why there is none.
bool HttpServer::accept_one() {
    const int fd = SpareDescriptor::accept(listener_->fd());
    if (fd >= 0) {
        accepted(fd);
        return true;
    }
    const bool out_of_descriptors = errno == EMFILE || errno == ENFILE;
    return out_of_descriptors && spare_.refuse_one(listener_->fd(), tls_ == nullptr);
}

Task<void> HttpServer::accept_loop() {
    int accepted_now = 0;
    for (;;) {
        if (accept_one()) {
            if (++accepted_now % kAcceptsATurn == 0) co_await Yield(loop_);
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED) continue;
        // Whoever connected before the end is served: closing the socket would reset them.
        if (stop_accepting_.cancelled()) break;
        if (errno == EAGAIN) {
            listener_->not_readable();
            co_await Ready(*listener_, Direction::kRead, kNever, &stop_accepting_);
        } else {  // out of memory: the connections wait in the backlog
            co_await Sleep(loop_, loop_.now() + kRetryAccept, &stop_accepting_);
        }
    }
    Descriptor::close(std::move(listener_));
    accepting_ = false;
    if (connections_.empty() && drained_) std::exchange(drained_, nullptr)();
}

// Without memory for it the connection is closed: one client less is better than no gateway.
void HttpServer::accepted(int fd) {
    int unowned = fd;
    try {
        tune_tcp(fd);
        auto descriptor = std::make_unique<Descriptor>(loop_, fd);
        unowned = -1;
        spawn(HttpConnection::run(std::make_unique<HttpConnection>(*this, std::move(descriptor))));
    } catch (const std::exception&) {
        if (unowned >= 0) ::close(unowned);
    }
}

void HttpServer::closed(ConnectionHook& connection) {
    connections_.erase(connections_.iterator_to(connection));
    if (connections_.empty() && !accepting_ && drained_) std::exchange(drained_, nullptr)();
}

void HttpServer::drain(std::function<void()> drained) {
    draining_ = true;
    drained_ = std::move(drained);
    for (ConnectionHook& hook : connections_)
        as_connection(hook).drain();
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
