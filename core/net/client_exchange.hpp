// The answer to one request to an upstream: its head, then its body as it comes. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/buffer.hpp"
#include "net/http_message.hpp"
#include "net/stream.hpp"

namespace gomodel::net {

class HttpClient;
struct Origin;

// A connection to an origin, carrying one exchange or idle in the pool.
class ClientConnection final : private HangupListener {
public:
    ClientConnection(HttpClient& client, Origin& origin, std::unique_ptr<Stream> stream)
        : client_(client), origin_(origin), stream_(std::move(stream)) {}

    HttpClient& client() { return client_; }
    Origin& origin() { return origin_; }
    Stream& stream() { return *stream_; }

    // While idle, any event on it means that it is of no use any more.
    void set_idle(base::SteadyTime since);
    void set_busy();
    base::SteadyTime idle_since() const { return idle_since_; }
    bool reused() const { return reused_; }

private:
    void on_hangup() override;

    HttpClient& client_;
    Origin& origin_;
    std::unique_ptr<Stream> stream_;
    base::SteadyTime idle_since_{};
    bool reused_ = false;
};

enum class BodyStep : std::uint8_t {
    kData,    // there are bytes (possibly none that are decoded yet)
    kWait,    // nothing now: wait(), then read again
    kEnd,     // the body is complete with these bytes
    kFailed,  // cut off, malformed; see failure()
};

class ClientExchange {
public:
    ClientExchange(std::unique_ptr<ClientConnection> connection, MessageParser parser,
                   Buffer bytes);
    // Gives the connection back to the pool if the answer was read to its end and left it clean;
    // closes it otherwise.
    ~ClientExchange();
    ClientExchange(const ClientExchange&) = delete;
    ClientExchange& operator=(const ClientExchange&) = delete;

    int status() const { return parser_.status(); }
    const HeaderFields& fields() const { return fields_; }
    std::string_view header(std::string_view name) const { return find_header(fields_, name); }
    std::optional<std::uint64_t> content_length() const { return parser_.content_length(); }

    // Decodes what has come, at most one read of the socket. `bytes` lives until the caller's next
    // co_await.
    BodyStep read(std::string_view& bytes);
    Ready wait(base::SteadyTime deadline, CancelSource* cancel) {
        return connection_->stream().wait_read(deadline, cancel);
    }
    std::string_view failure() const { return failure_; }
    // The connection will carry no other request: this one was not sent to its end.
    void keep_from_pool() { reusable_ = false; }

private:
    BodyStep decode(char* received, std::size_t size, std::string_view& bytes);
    BodyStep fail(std::string reason);

    std::unique_ptr<ClientConnection> connection_;
    MessageParser parser_;
    Buffer head_;  // the head, to which fields_ points, and what came with it
    Buffer rest_;  // received and not yet decoded
    HeaderFields fields_;
    std::vector<std::string_view> pieces_;
    std::string failure_;
    bool complete_ = false;
    bool reusable_ = true;
    bool undecoded_ = false;  // the bytes that came with the head were not looked at
};

}  // namespace gomodel::net
