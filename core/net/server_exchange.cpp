#include <algorithm>
#include <array>
#include <charconv>

#include "net/http_connection.hpp"
#include "net/http_status.hpp"

namespace gomodel::net {
namespace {

constexpr std::size_t kMaxPieces = 256;  // of one write
constexpr std::size_t kUsualHead = 512;
constexpr std::size_t kSmallAnswer = 16 * 1024;  // is sent at the end of a turn

iovec as_iovec(std::string_view text) {
    return {const_cast<char*>(text.data()), text.size()};
}

std::string_view chunk_size_line(char (&into)[20], std::size_t size) {
    char* const end = std::to_chars(into, into + 16, size, 16).ptr;
    end[0] = '\r';
    end[1] = '\n';
    return {into, static_cast<std::size_t>(end - into) + 2};
}

}  // namespace

ServerExchange::ServerExchange(HttpConnection& connection, MessageParser parser, Buffer head)
    : connection_(connection),
      parser_(std::move(parser)),
      head_(std::move(head)),
      method_(parser_.method(head_.view())),
      target_(parser_.target(head_.view())),
      fields_(parser_.fields(head_.view())),
      body_read_(parser_.body() == BodyKind::kNone),
      keep_alive_(parser_.keep_alive()) {}

ServerExchange::ServerExchange(HttpConnection& connection)
    : connection_(connection), parser_(MessageParser::Kind::kRequest, 0), keep_alive_(false) {}

Loop& ServerExchange::loop() {
    return connection_.server().loop_;
}

std::string_view ServerExchange::peer_address() const {
    return connection_.peer();
}

bool ServerExchange::body_allowed(int status) const {
    return method_ != "HEAD" && status != 204 && status != 304 && status >= 200;
}

void ServerExchange::append_head(int status, const HeaderFields& fields,
                                 std::optional<std::uint64_t> length) {
    char number[24];
    const auto decimal = [&number](std::uint64_t value) {
        const auto end = std::to_chars(number, number + sizeof number, value).ptr;
        return std::string_view(number, static_cast<std::size_t>(end - number));
    };
    out_.append("HTTP/1.1 ");
    out_.append(decimal(static_cast<std::uint64_t>(status)));
    out_.append(" ");
    out_.append(reason_phrase(status));
    out_.append("\r\nDate: ");
    out_.append(connection_.server().date());
    for (const HeaderField& field : fields) {
        out_.append("\r\n");
        out_.append(field.name);
        out_.append(": ");
        out_.append(field.value);
    }
    if (length.has_value() && status != 204) {
        out_.append("\r\nContent-Length: ");
        out_.append(decimal(*length));
    } else if (chunked_) {
        out_.append("\r\nTransfer-Encoding: chunked");
    }
    // A server that drains ends the connection; a chunked answer does not say so, as it may be cut
    // off. Node's fetch takes every end of an answer that announced one for its own.
    const bool draining = connection_.server().draining_;
    if (!keep_alive_ || (draining && !chunked_)) {
        out_.append("\r\nConnection: close");
    } else if (!draining && (!parser_.http11() || !length.has_value())) {
        out_.append("\r\nConnection: keep-alive");
    }
    out_.append("\r\n\r\n");
}

void ServerExchange::start(int status, const HeaderFields& fields,
                           std::optional<std::uint64_t> length) {
    started_ = true;
    status_ = status;
    send_body_ = body_allowed(status);
    if (copy_ != nullptr) copy_->answered(fields);
    if (!body_read_ || (!length.has_value() && !parser_.http11())) keep_alive_ = false;
    chunked_ = !length.has_value() && parser_.http11() && send_body_;
    out_.prepare(kUsualHead + (length.has_value() && *length <= kSmallAnswer ? *length : 0));
    append_head(status, fields, length);
    if (connection_.server().draining_) keep_alive_ = false;
}

Task<bool> ServerExchange::respond(int status, HeaderFields fields, std::string_view body) {
    start(status, fields, body.size());
    if (write({&body, 1}, true)) co_return !failed_;
    co_return co_await flush();
}

bool ServerExchange::write(std::span<const std::string_view> pieces, bool last) {
    if (pieces.size() > kMaxPieces) {  // rare: a read full of tiny chunks
        std::string joined;
        for (const std::string_view piece : pieces)
            joined += piece;
        const std::string_view whole = joined;
        return write({&whole, 1}, last);
    }
    finished_ = finished_ || last;
    if (failed_) return false;
    if (copy_ != nullptr && send_body_) {
        for (const std::string_view piece : pieces)
            copy_->sent(piece);
    }
    if (last && pieces.size() == 1 && pieces[0].size() <= kSmallAnswer && answer_waits_whole()) {
        if (send_body_) out_.append(pieces[0]);
        return false;
    }

    std::array<iovec, kMaxPieces + 4> vectors;  // out_, size line, pieces, CRLF, last chunk
    std::size_t count = 0;
    std::size_t total = 0;
    const auto add = [&](std::string_view text) {
        if (text.empty()) return;
        vectors[count++] = as_iovec(text);
        total += text.size();
    };
    add(out_.view());
    std::size_t body = 0;
    for (const std::string_view piece : pieces)
        body += piece.size();
    char size_line[20];
    if (send_body_ && body != 0) {
        if (chunked_) add(chunk_size_line(size_line, body));
        for (const std::string_view piece : pieces)
            add(piece);
        if (chunked_) add("\r\n");
    }
    if (last && chunked_) add("0\r\n\r\n");
    return push({vectors.data(), count}, total);
}

// True iff nothing of an answer of known length was sent yet.
bool ServerExchange::answer_waits_whole() const {
    return bytes_sent_ == 0 && !out_.empty() && !chunked_;
}

// Writes what the socket takes; the rest becomes out_. The first vector may be out_ itself.
bool ServerExchange::push(std::span<const iovec> pieces, std::size_t total) {
    if (total == 0) return true;
    Stream& stream = connection_.stream();
    const IoResult result = stream.closed() ? IoResult{IoStatus::kFailed} : stream.write(pieces);
    if (result.status == IoStatus::kFailed || result.status == IoStatus::kEof) {
        failed_ = true;
        return false;
    }
    std::size_t sent = result.status == IoStatus::kOk ? result.bytes : 0;
    bytes_sent_ += sent;
    if (sent == total) {
        out_.clear();
        return true;
    }
    for (const iovec& piece : pieces) {
        const std::size_t skip = std::min(sent, piece.iov_len);
        sent -= skip;
        const std::string_view rest(static_cast<const char*>(piece.iov_base) + skip,
                                    piece.iov_len - skip);
        if (!out_.empty() && piece.iov_base == out_.data()) {
            out_.consume(skip);
        } else {
            out_.append(rest);
        }
    }
    return false;
}

Task<bool> ServerExchange::flush() {
    if (finished_ && answer_waits_whole()) co_await EndOfTurn(loop());
    while (!failed_ && !out_.empty()) {
        const iovec rest = as_iovec(out_.view());
        if (push({&rest, 1}, rest.iov_len)) break;
        if (failed_) break;
        const base::SteadyTime deadline = loop().now() + connection_.server().limits_.send_timeout;
        const Wake wake = co_await connection_.stream().wait_write(deadline, &client_gone_);
        if (wake != Wake::kReady) failed_ = true;
    }
    if (out_.empty()) out_.release();
    co_return !failed_;
}

Task<void> ServerExchange::break_off() {
    broken_off_ = true;
    co_await flush();
}

void ServerExchange::abort() {
    failed_ = true;
    client_gone_.cancel();
}

}  // namespace gomodel::net
