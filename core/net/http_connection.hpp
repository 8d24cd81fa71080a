// One client connection of an HttpServer: reads request heads, runs exchanges one after another,
// ends cleanly. Private to the server.
#pragma once

#include "net/http_server.hpp"

namespace gomodel::net {

class HttpConnection final : public ConnectionHook, private HangupListener {
public:
    // Throws std::bad_alloc if there is no memory for a TLS session.
    HttpConnection(HttpServer& server, std::unique_ptr<Descriptor> descriptor);

    // Serves until the connection ends; is in the server's list meanwhile.
    static Task<void> run(std::unique_ptr<HttpConnection> self);
    // No request after the one that is being answered or has arrived. A client that has just
    // connected may still send its first.
    void drain();
    // Ends the connection now; a running exchange is cancelled.
    void abort();

    HttpServer& server() { return server_; }
    Stream& stream() { return stream_; }
    Buffer& in() { return in_; }
    // The client's address; looked up once.
    const std::string& peer();

private:
    enum class Head { kRead, kClosed, kRefused };

    Task<void> serve();
    Task<Head> read_head(MessageParser* parser);
    Task<void> live();
    Task<bool> wait_for_request();
    bool last_request_there();
    Task<bool> serve_one(MessageParser parser);
    Task<void> answer(ServerExchange* exchange);
    Task<void> refuse(int status, std::string reason);
    Task<void> linger(int status);
    void on_hangup() override;

    HttpServer& server_;
    Stream stream_;
    Buffer in_;  // received and not yet used
    std::string peer_;
    CancelSource stop_;
    CancelSource drain_;  // of waiting for a request
    ServerExchange* exchange_ = nullptr;
    bool served_ = false;  // a request, at least
};

}  // namespace gomodel::net
