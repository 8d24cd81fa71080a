// One client connection of an HttpServer: reads request heads, runs exchanges one after another,
// ends cleanly. Private to the server.
#pragma once

#include "net/http_server.hpp"

namespace gomodel::net {

class HttpConnection final : public ConnectionHook, private HangupListener {
public:
    HttpConnection(HttpServer& server, int fd);

    // Serves until the connection ends, then leaves the server's list and deletes itself.
    Task<void> run();
    // Ends the connection now if no request is being answered.
    void close_if_idle();
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
    Task<bool> wait_for_request();
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
    ServerExchange* exchange_ = nullptr;
    bool idle_ = true;
};

}  // namespace gomodel::net
