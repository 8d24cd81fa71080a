// HTTP/1.1 for clients: accepts connections on one loop, reads requests within limits, hands each
// to a handler as an exchange, keeps the connection for the next. Loop thread only.
#pragma once

#include <boost/intrusive/list.hpp>
#include <functional>
#include <memory>
#include <string>

#include "net/server_exchange.hpp"
#include "net/spare_descriptor.hpp"

using SSL_CTX = struct ssl_ctx_st;

namespace gomodel::net {

class HttpConnection;

struct ServerLimits {
    std::size_t max_head = 32 * 1024;                          // bytes of request line and fields
    base::Duration header_timeout = std::chrono::seconds(10);  // from first to last byte of them
    base::Duration body_timeout = std::chrono::seconds(30);    // between two reads of a body
    base::Duration idle_timeout = std::chrono::seconds(120);   // between two requests
    base::Duration send_timeout = std::chrono::seconds(120);   // a client that takes no bytes
};

class HttpHandler {
public:
    virtual ~HttpHandler() = default;
    // Answers the exchange. An exchange left without an answer gets 500.
    virtual Task<void> handle(ServerExchange& exchange) = 0;
    // The body (application/json) of an answer that the server gives by itself: malformed requests,
    // time-outs, a handler that threw.
    virtual std::string error_body(int status, std::string_view reason) = 0;
    // Answers bytes that are no request we can serve; the connection ends behind it. The exchange
    // has neither method nor target nor fields. By default the answer is error_body().
    virtual Task<void> refuse(ServerExchange& exchange, int status, std::string reason);
};

// What an HttpConnection hangs on in its server's list.
struct ConnectionHook : boost::intrusive::list_base_hook<> {};

class HttpServer {
public:
    // tls: nullptr for plain HTTP; must outlive the server, as handler must.
    HttpServer(Loop& loop, HttpHandler& handler, const ServerLimits& limits, SSL_CTX* tls);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // Accepts on a listening, non-blocking socket, which it takes over.
    void listen(int fd);
    // Stops accepting after what has connected by now, closes idle connections, lets running
    // exchanges finish; they are the last on their connections. `drained` is called once, when no
    // connection is left.
    void drain(std::function<void()> drained);
    // Cuts off whatever is left.
    void abort_all();
    bool draining() const { return draining_; }
    std::size_t connections() const { return connections_.size(); }

private:
    friend class HttpConnection;
    friend class ServerExchange;

    Task<void> accept_loop();
    void accepted(int fd);
    bool accept_one();
    void closed(ConnectionHook& connection);
    std::string_view date();

    Loop& loop_;
    HttpHandler& handler_;
    const ServerLimits limits_;
    SSL_CTX* const tls_;
    std::unique_ptr<Descriptor> listener_;
    SpareDescriptor spare_;
    CancelSource stop_accepting_;
    boost::intrusive::list<ConnectionHook> connections_;
    std::function<void()> drained_;
    bool draining_ = false;
    bool accepting_ = false;
    std::string date_;
    base::SteadyTime date_expires_{};
};

}  // namespace gomodel::net
