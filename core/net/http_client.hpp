// HTTP/1.1 towards upstreams: connection pools of one loop, connect and TLS with time limits, one
// request at a time on a connection, a fresh connection when a pooled one turns out to be dead.
// Loop thread only.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/proxy.hpp"
#include "net/body_source.hpp"
#include "net/client_exchange.hpp"
#include "net/resolver.hpp"
#include "net/tls.hpp"

namespace gomodel::net {

struct ClientSettings {
    base::Duration connect_timeout = std::chrono::seconds(30);
    base::Duration tls_timeout = std::chrono::seconds(10);
    base::Duration idle_timeout = std::chrono::seconds(90);  // of a pooled connection
    std::size_t idle_per_origin = 100;
    std::size_t max_head = 64 * 1024;
    config::Proxy proxy;
};

// What to send. Views must live until send() is done.
struct ClientRequest {
    std::string_view method;
    std::string_view url;                  // absolute, http or https
    std::string_view headers;              // "Name: value\r\n"..., without Host and framing
    std::vector<std::string_view> body;    // pieces, sent in order
    bool has_body = false;                 // false: no Content-Length is sent
    base::SteadyTime first_byte = kNever;  // when the answer's head must be there
    // Unless null, the body, in place of `body` and `has_body`: it is sent while it is read, once.
    BodySource* source = nullptr;
    // With a source, in place of `first_byte`: how long the upstream may take no bytes of the body,
    // and then make us wait for the answer's head. Zero: for ever.
    base::Duration patience{};
};

// One scheme, host and port, and the idle connections to it.
struct Origin;

class HttpClient {
public:
    HttpClient(Loop& loop, WorkerPool& workers, TlsClient& tls, ClientSettings settings);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // Sends a request and reads the answer's head. Errors: kInvalid (URL), kUnavailable (cannot
    // connect, connection lost, not HTTP), kExhausted (no descriptor), kTimeout, kCancelled.
    // Messages name the reason and never the URL, which may hold credentials.
    Task<base::Result<std::unique_ptr<ClientExchange>>> send(ClientRequest request,
                                                             CancelSource* cancel);

    // Closes idle connections that have been idle for too long; the pool also calls it by itself.
    void sweep();
    std::size_t idle_connections() const;
    void close_idle();

private:
    friend class ClientConnection;
    friend class ClientExchange;
    struct UrlHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view url) const {
            return std::hash<std::string_view>{}(url);
        }
    };
    struct Route {
        Origin* origin;
        std::string target;  // origin-form, or absolute-form for a plain proxy
    };

    // The answer points into the client or at `room`, which holds a long URL's.
    base::Result<const Route*> route(std::string_view url, Route& room);
    Origin& origin(bool tls, const std::string& host, std::uint16_t port);
    std::unique_ptr<ClientConnection> take_idle(Origin& origin);
    Task<base::Result<std::unique_ptr<ClientConnection>>> connect(Origin* origin,
                                                                  CancelSource* cancel);
    Task<base::Result<std::unique_ptr<Stream>>> dial(std::string host, std::uint16_t port,
                                                     base::SteadyTime deadline,
                                                     CancelSource* cancel);
    Task<base::Status> secure(Stream* stream, std::string host, CancelSource* cancel);
    void give_back(std::unique_ptr<ClientConnection> connection);
    void discard(ClientConnection& connection);

    Loop& loop_;
    TlsClient& tls_;
    WorkerPool& workers_;
    Resolver resolver_;
    const ClientSettings settings_;
    std::unordered_map<std::string, std::unique_ptr<Origin>> origins_;
    std::unordered_map<std::string, Route, UrlHash, std::equal_to<>> routes_;  // by URL
    base::SteadyTime next_sweep_{};
};

}  // namespace gomodel::net
