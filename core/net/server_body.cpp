// How the body of a client's request is read: whole, or piece by piece.
#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.hpp"
#include "net/http_connection.hpp"

namespace gomodel::net {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kFrontRoom = 128;                // for edits near a body's start
constexpr std::uint64_t kTrustedLength = 1024 * 1024;  // allocated at a client's word

bool expects_continue(const HeaderFields& fields) {
    return base::iequals(find_header(fields, "expect"), "100-continue");
}

}  // namespace

Task<RequestBody> ServerExchange::read_body(std::uint64_t limit) {
    RequestBody body;
    if (body_read_) co_return body;
    const std::optional<std::uint64_t> length = parser_.content_length();
    if (length.has_value() && *length > limit) {
        body.status = 413;
    } else {
        if (expects_continue(fields_) && connection_.in().empty()) {
            const bool sent = co_await send_continue();
            if (!sent) body.status = 499;
        }
        if (body.status == 0 && length.has_value()) {
            take_received(&body.bytes, *length);
            const bool whole = body.bytes.size() == *length;
            if (!whole) body.status = co_await read_sized(&body.bytes, *length);
        } else if (body.status == 0) {
            body.status = co_await read_chunked(&body.bytes, limit);
        }
    }
    body_read_ = body.status == 0;
    body_bytes_ = body.bytes.size();
    if (copy_ != nullptr) copy_->received(body.bytes.view());
    body.reason = body_fault(body.status, limit);
    co_return body;
}

// Says what a status of a body means.
std::string ServerExchange::body_fault(int status, std::uint64_t limit) const {
    switch (status) {
        case 0:
            return {};
        case 408:
            return "the request body took too long";
        case 413:
            return "request body larger than the limit of " + std::to_string(limit) + " bytes";
        case 431:
            return "chunk header or trailers too large";
        case 499:
            return "the client closed the connection";
        default:
            return parser_.error().reason.empty() ? "the connection ended inside the request body"
                                                  : parser_.error().reason;
    }
}

Task<BodyPiece> ServerExchange::read_piece(std::uint64_t limit, CancelSource* stop) {
    BodyPiece piece;
    if (body_read_) co_return piece;
    const std::optional<std::uint64_t> length = parser_.content_length();
    if (!std::exchange(body_begun_, true)) {
        parser_.limit_body(limit);
        if (length.has_value() && *length > limit) {
            piece.status = 413;
        } else if (expects_continue(fields_) && connection_.in().empty()) {
            const bool sent = co_await send_continue();
            if (!sent) piece.status = 499;
        }
    }
    if (piece.status == 0 && length.has_value()) {
        piece.status = co_await read_sized_piece(&piece.bytes, *length - body_bytes_, stop);
    } else if (piece.status == 0) {
        piece.status = co_await read_chunked_piece(&piece.bytes, stop);
    }
    body_bytes_ += piece.bytes.size();
    if (copy_ != nullptr) copy_->received(piece.bytes);
    if (length.has_value() && body_bytes_ == *length) body_read_ = true;
    piece.reason = body_fault(piece.status, limit);
    co_return piece;
}

Task<int> ServerExchange::read_sized_piece(std::string_view* bytes, std::uint64_t rest,
                                           CancelSource* stop) {
    Buffer& in = connection_.in();
    if (in.empty()) {
        // Never past the body: what follows is the next request.
        const int status = co_await read_more(&in, std::min<std::uint64_t>(rest, kPiece), stop);
        if (status != 0) co_return status;
    }
    const std::span<char> scratch = loop().scratch();
    const std::size_t size = std::min<std::uint64_t>({rest, in.size(), scratch.size()});
    std::memcpy(scratch.data(), in.data(), size);
    *bytes = {scratch.data(), size};
    in.consume(size);
    co_return 0;
}

// Gives at least one byte, unless the body is complete.
Task<int> ServerExchange::read_chunked_piece(std::string_view* bytes, CancelSource* stop) {
    Buffer& in = connection_.in();
    for (;;) {
        const std::span<char> scratch = loop().scratch();
        const std::string_view window = in.view().substr(0, scratch.size());
        std::vector<std::string_view> pieces;
        std::size_t used = 0;
        const ParseStep step = parser_.decode_body(window, used, pieces);
        std::size_t size = 0;
        for (const std::string_view piece : pieces) {
            std::memcpy(scratch.data() + size, piece.data(), piece.size());
            size += piece.size();
        }
        *bytes = {scratch.data(), size};
        const bool stuck = used == 0 && window.size() < in.size();
        in.consume(used);
        if (step == ParseStep::kFailed) co_return parser_.error().status;
        body_read_ = step == ParseStep::kDone;
        if (body_read_ || size != 0) co_return 0;
        // What is left is part of a chunk header or of the trailers: data would have been taken.
        if (stuck || in.size() >= connection_.server().limits_.max_head) co_return 431;
        const int status = co_await read_more(&in, kReadStep, stop);
        if (status != 0) co_return status;
    }
}

Task<bool> ServerExchange::send_continue() {
    out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    co_return co_await flush();
}

// Reads at least one byte and at most `max`. Returns 0, 400 (the client has ended its side), 408 or
// 499.
Task<int> ServerExchange::read_more(Buffer* into, std::size_t max, CancelSource* stop) {
    Stream& stream = connection_.stream();
    for (;;) {
        const IoResult result = stream.read(into->prepare(max), max);
        if (result.status == IoStatus::kOk) {
            into->commit(result.bytes);
            co_return 0;
        }
        if (result.status == IoStatus::kEof) co_return 400;
        if (result.status != IoStatus::kWouldBlock) co_return 499;
        const base::SteadyTime deadline = loop().now() + connection_.server().limits_.body_timeout;
        const Wake wake = co_await stream.wait_read(deadline, stop);
        if (wake == Wake::kTimeout) co_return 408;
        if (wake == Wake::kCancelled) co_return 499;
    }
}

// What has come with the head.
void ServerExchange::take_received(Buffer* into, std::uint64_t length) {
    into->reserve(std::min(length, kTrustedLength), kFrontRoom);
    Buffer& in = connection_.in();
    const std::size_t have = std::min<std::uint64_t>(in.size(), length);
    into->append(in.view().substr(0, have));
    in.consume(have);
}

Task<int> ServerExchange::read_sized(Buffer* into, std::uint64_t length) {
    while (into->size() < length) {
        // Never past the body: what follows is the next request.
        const std::uint64_t rest = length - into->size();
        const int status = co_await read_more(into, std::min(rest, kTrustedLength), &client_gone_);
        if (status != 0) co_return status;
    }
    co_return 0;
}

Task<int> ServerExchange::read_chunked(Buffer* into, std::uint64_t limit) {
    parser_.limit_body(limit);
    Buffer& in = connection_.in();
    for (;;) {
        std::vector<std::string_view> pieces;
        std::size_t used = 0;
        const ParseStep step = parser_.decode_body(in.view(), used, pieces);
        for (const std::string_view piece : pieces)
            into->append(piece);
        in.consume(used);
        if (step == ParseStep::kDone) co_return 0;
        if (step == ParseStep::kFailed) co_return parser_.error().status;
        // What is left is part of a chunk header or of the trailers: data would have been taken.
        if (in.size() >= connection_.server().limits_.max_head) co_return 431;
        const int status = co_await read_more(&in, kReadStep, &client_gone_);
        if (status != 0) co_return status;
    }
}

}  // namespace gomodel::net
