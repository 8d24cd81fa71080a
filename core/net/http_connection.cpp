#include "net/http_connection.hpp"

#include <Poco/Net/SocketAddress.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <new>

namespace gomodel::net {
namespace {

constexpr std::size_t kFirstRead = 4096;
constexpr auto kLingerTime = std::chrono::seconds(30);
constexpr auto kLingerPause = std::chrono::seconds(2);  // without a byte
constexpr int kLingerReadsATurn = 16;
constexpr auto kFirstRequest = std::chrono::seconds(1);  // of a new connection while draining
constexpr auto kTlsHandshake = std::chrono::seconds(10);

}  // namespace

HttpConnection::HttpConnection(HttpServer& server, std::unique_ptr<Descriptor> descriptor)
    : server_(server), stream_(std::move(descriptor)) {
    if (server.tls_ != nullptr) {
        SSL* const ssl = SSL_new(server.tls_);
        if (ssl == nullptr) throw std::bad_alloc();
        SSL_set_accept_state(ssl);
        stream_.secure(ssl);
    }
}

const std::string& HttpConnection::peer() {
    if (!peer_.empty()) return peer_;
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    const int fd = stream_.descriptor().fd();
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return peer_;
    peer_ =
        Poco::Net::SocketAddress(reinterpret_cast<sockaddr*>(&storage), length).host().toString();
    constexpr std::string_view kMapped = "::ffff:";  // an IPv4 client of a dual-stack socket
    if (peer_.starts_with(kMapped)) peer_.erase(0, kMapped.size());
    return peer_;
}

Task<void> HttpConnection::run(std::unique_ptr<HttpConnection> self) {
    HttpServer& server = self->server_;
    server.connections_.push_back(*self);
    try {
        co_await self->live();
    } catch (const std::exception&) {  // out of memory where not even an error can be answered
        self->exchange_ = nullptr;
        self->stream_.reset_on_close();
    }
    self->stream_.close();
    server.closed(*self);
}

Task<void> HttpConnection::live() {
    bool ready = true;
    if (stream_.secured()) {
        const base::SteadyTime deadline = server_.loop_.now() + kTlsHandshake;
        const base::Status status = co_await stream_.handshake(deadline, &stop_);
        ready = status.ok();
    }
    if (ready) co_await serve();
}

Task<void> HttpConnection::serve() {
    for (;;) {
        MessageParser parser(MessageParser::Kind::kRequest, server_.limits_.max_head);
        const Head head = co_await read_head(&parser);
        if (head == Head::kRefused) {
            co_await refuse(parser.error().status, parser.error().reason);
            co_return;
        }
        if (head == Head::kClosed) co_return;
        const bool again = co_await serve_one(std::move(parser));
        if (!again) co_return;
    }
}

// Waits for the first byte of a request. False: the connection is over.
Task<bool> HttpConnection::wait_for_request() {
    if (!in_.empty()) co_return true;
    in_.release();
    if (!server_.draining_) {
        const base::SteadyTime deadline = server_.loop_.now() + server_.limits_.idle_timeout;
        const Wake wake = co_await stream_.wait_read(deadline, &drain_);
        if (wake != Wake::kCancelled) co_return wake == Wake::kReady;
    }
    if (stop_.cancelled() || (served_ && !last_request_there())) co_return false;
    const base::SteadyTime deadline = server_.loop_.now() + kFirstRequest;
    const Wake wake = co_await stream_.wait_read(deadline, &stop_);
    co_return wake == Wake::kReady;
}

// A request that was on its way when the server began to drain.
bool HttpConnection::last_request_there() {
    char byte = 0;
    return ::recv(stream_.descriptor().fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

Task<HttpConnection::Head> HttpConnection::read_head(MessageParser* parser) {
    base::SteadyTime deadline = kNever;
    bool want_more = in_.empty();
    for (;;) {
        while (!in_.empty() && (in_.view().front() == '\r' || in_.view().front() == '\n')) {
            in_.consume(1);  // blank lines before a request are ignored (RFC 9112, 2.2)
        }
        if (!in_.empty() && !want_more) {
            const ParseStep step = parser->parse_head(in_.view());
            if (step == ParseStep::kDone) co_return Head::kRead;
            if (step == ParseStep::kFailed) co_return Head::kRefused;
        }
        if (in_.empty()) {
            const bool more = co_await wait_for_request();
            if (!more) co_return Head::kClosed;
            deadline = kNever;  // what came before were blank lines
        }
        if (deadline == kNever) deadline = server_.loop_.now() + server_.limits_.header_timeout;
        // By way of the scratch buffer: what is kept is as large as what came.
        char* const scratch = server_.loop_.scratch().data();
        const IoResult result = stream_.read(scratch, kFirstRead);
        want_more = result.status == IoStatus::kWouldBlock;
        if (result.status == IoStatus::kOk) {
            in_.append({scratch, result.bytes});
        } else if (result.status == IoStatus::kEof && !in_.empty()) {
            co_await refuse(400, "the connection ended inside the request head");
            co_return Head::kClosed;
        } else if (result.status != IoStatus::kWouldBlock) {
            co_return Head::kClosed;
        } else if (!in_.empty()) {
            const Wake wake = co_await stream_.wait_read(deadline, &stop_);
            if (wake == Wake::kTimeout) {
                co_await refuse(408, "the request head took too long");
                co_return Head::kClosed;
            }
            if (wake == Wake::kCancelled) co_return Head::kClosed;
        }
    }
}

// True: the connection can carry another request.
Task<bool> HttpConnection::serve_one(MessageParser parser) {
    Buffer head;
    const std::size_t head_size = parser.head_size();
    if (in_.size() == head_size) {
        head.swap(in_);
    } else {
        head.append(in_.view().substr(0, head_size));
        in_.consume(head_size);
    }
    served_ = true;
    ServerExchange exchange(*this, std::move(parser), std::move(head));
    exchange_ = &exchange;
    if (stream_.descriptor().hung_up()) {
        exchange.client_gone_.cancel();
    } else {
        stream_.descriptor().listen_for_hangup(this);
    }
    co_await answer(&exchange);
    if (!stream_.closed()) stream_.descriptor().listen_for_hangup(nullptr);
    exchange_ = nullptr;

    const bool whole = exchange.finished_ || exchange.broken_off_;
    if (exchange.failed_ || !whole || stream_.closed()) {
        stream_.reset_on_close();
        co_return false;
    }
    if (exchange.body_read_ && exchange.keep_alive_ && !exchange.broken_off_) co_return true;
    const bool may_still_send = !exchange.body_read_ || !in_.empty();
    if (may_still_send) co_await linger(exchange.status());
    co_return false;
}

Task<void> HttpConnection::answer(ServerExchange* exchange) {
    std::string failure;
    try {
        co_await server_.handler_.handle(*exchange);
    } catch (const std::exception& error) {
        failure = error.what();
    }
    if (!exchange->started_) {
        HeaderFields fields{{"Content-Type", "application/json"}};
        const std::string body = server_.handler_.error_body(500, failure);
        co_await exchange->respond(500, fields, body);
    } else if (!failure.empty()) {
        exchange->abort();
    }
    if (exchange->unsent()) co_await exchange->flush();
}

// Answers bytes that are not a request we can serve, and ends the connection.
Task<void> HttpConnection::refuse(int status, std::string reason) {
    ServerExchange exchange(*this);
    co_await server_.handler_.refuse(exchange, status, std::move(reason));
    if (!exchange.failed_) co_await linger(status);
}

// Lets the client read an answer that ends the connection: closing while it still sends would reset
// the connection and lose the answer. Many clients send a body to its end before they read, however
// large it is; so there is a limit of time only, and little of it for one that was too slow before.
Task<void> HttpConnection::linger(int status) {
    stream_.shutdown_write();
    in_.release();
    const base::SteadyTime deadline =
        server_.loop_.now() + (status == 408 ? kLingerPause : kLingerTime);
    for (int reads = 1; server_.loop_.now() < deadline; ++reads) {
        const std::span<char> scratch = server_.loop_.scratch();
        const IoResult result = stream_.read(scratch.data(), scratch.size());
        if (result.status == IoStatus::kWouldBlock) {
            const base::SteadyTime pause = server_.loop_.now() + kLingerPause;
            const Wake wake = co_await stream_.wait_read(std::min(deadline, pause), &stop_);
            if (wake != Wake::kReady) co_return;
        } else if (result.status != IoStatus::kOk) {
            co_return;
        } else if (reads % kLingerReadsATurn == 0) {
            co_await Yield(server_.loop_);
        }
    }
}

void HttpConnection::on_hangup() {
    if (exchange_ != nullptr) exchange_->client_gone_.cancel();
}

void HttpConnection::drain() {
    drain_.cancel();
}

void HttpConnection::abort() {
    stop_.cancel();
    drain_.cancel();
    if (exchange_ == nullptr) return;
    exchange_->failed_ = true;
    exchange_->cut_off_ = true;
    exchange_->client_gone_.cancel();
}

}  // namespace gomodel::net
