// One request of a client and its answer, as an HttpHandler sees it. Loop thread only.
#pragma once

#include <optional>
#include <string>

#include "net/buffer.hpp"
#include "net/exchange_copy.hpp"
#include "net/http_message.hpp"
#include "net/stream.hpp"

namespace gomodel::net {

class HttpConnection;

// What read_body() found. status 0: all is well.
struct RequestBody {
    // 400 malformed or cut off, 408 too slow, 413 too large, 431 chunk header or trailers too
    // large, 499 client gone
    int status = 0;
    std::string reason;
    Buffer bytes;
};

// What read_piece() found. status 0 and no bytes: the body is complete.
struct BodyPiece {
    int status = 0;  // as that of a RequestBody
    std::string reason;
    std::string_view bytes;  // valid until the caller's next co_await
};

// One request and its answer. Valid until the handler's task ends.
class ServerExchange {
public:
    ServerExchange(HttpConnection& connection, MessageParser parser, Buffer head);
    // For answering bytes that are no request.
    explicit ServerExchange(HttpConnection& connection);
    ServerExchange(const ServerExchange&) = delete;
    ServerExchange& operator=(const ServerExchange&) = delete;

    std::string_view method() const { return method_; }
    std::string_view target() const { return target_; }
    const HeaderFields& fields() const { return fields_; }
    std::string_view header(std::string_view name) const { return find_header(fields_, name); }
    std::string_view peer_address() const;
    // The whole body. Sends 100 Continue if the client waits for it. At most once.
    Task<RequestBody> read_body(std::uint64_t limit);
    // The body's next piece, instead of read_body(); what was not asked for stays with the client.
    // `stop` ends the wait for it, with status 499.
    Task<BodyPiece> read_piece(std::uint64_t limit, CancelSource* stop);
    // Of the body; unset: none, or in chunks.
    std::optional<std::uint64_t> content_length() const { return parser_.content_length(); }
    // True iff there is no body, or all of it was read.
    bool body_read() const { return body_read_; }
    std::uint64_t body_bytes() const { return body_bytes_; }

    // Has everything that passes from here on copied, too; nullptr: no more. `copy` must outlive
    // that.
    void copy_to(ExchangeCopy* copy) { copy_ = copy; }

    // Cancelled when the client hangs up: whatever is done for it should stop.
    CancelSource& client_gone() { return client_gone_; }

    // --- Answering, exactly once ---
    // A whole answer. False: the client did not take it.
    Task<bool> respond(int status, HeaderFields fields, std::string_view body);
    // Begins an answer. `length` unset: a stream (chunked, or until close for HTTP/1.0). Nothing
    // is sent before the first write() or flush().
    void start(int status, const HeaderFields& fields, std::optional<std::uint64_t> length);
    // Sends pieces of the body now, as far as the client takes them; the rest is kept, and so is a
    // small answer given whole. False: flush() before the next write().
    bool write(std::span<const std::string_view> pieces, bool last);
    // Waits until everything written is sent. False: the client is gone or takes nothing.
    Task<bool> flush();
    // Sends what was written and ends the connection without ending the answer: the client can read
    // what there is and sees that it is not whole.
    Task<void> break_off();
    // Resets the connection.
    void abort();

    bool started() const { return started_; }
    // Something that was written waits for flush().
    bool unsent() const { return !failed_ && !out_.empty(); }
    // The server gave the exchange up (HttpServer::abort_all), not the client.
    bool cut_off() const { return cut_off_; }
    int status() const { return status_; }
    std::uint64_t bytes_sent() const { return bytes_sent_; }
    Loop& loop();

private:
    friend class HttpConnection;

    void take_received(Buffer* into, std::uint64_t length);
    Task<int> read_sized(Buffer* into, std::uint64_t length);
    Task<int> read_chunked(Buffer* into, std::uint64_t limit);
    Task<int> read_more(Buffer* into, std::size_t max, CancelSource* stop);
    Task<int> read_sized_piece(std::string_view* bytes, std::uint64_t rest, CancelSource* stop);
    Task<int> read_chunked_piece(std::string_view* bytes, CancelSource* stop);
    std::string body_fault(int status, std::uint64_t limit) const;
    Task<bool> send_continue();
    void append_head(int status, const HeaderFields& fields, std::optional<std::uint64_t> length);
    bool body_allowed(int status) const;
    bool answer_waits_whole() const;
    bool push(std::span<const iovec> pieces, std::size_t total);

    HttpConnection& connection_;
    MessageParser parser_;
    const Buffer head_;
    std::string_view method_;
    std::string_view target_;
    HeaderFields fields_;
    CancelSource client_gone_;
    ExchangeCopy* copy_ = nullptr;
    Buffer out_;  // what the client has not taken yet, the head to begin with
    std::uint64_t body_bytes_ = 0;
    std::uint64_t bytes_sent_ = 0;
    int status_ = 0;
    bool body_begun_ = false;
    bool body_read_ = false;
    bool started_ = false;
    bool finished_ = false;
    bool broken_off_ = false;
    bool chunked_ = false;
    bool send_body_ = true;
    bool keep_alive_ = true;
    bool failed_ = false;
    bool cut_off_ = false;
};

}  // namespace gomodel::net
