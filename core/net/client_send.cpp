#include "net/client_send.hpp"

#include <array>

#include "net/proxy.hpp"

namespace gomodel::net {
namespace {

constexpr std::size_t kMaxVectors = 64;

base::Error lost(std::string_view when) {
    return base::Error{base::Code::kUnavailable,
                       "the upstream closed the connection " + std::string(when)};
}

// How far a request has been written. Piece 0 is its head, the others are its body's.
class RequestWriter {
public:
    RequestWriter(std::string_view head, const std::vector<std::string_view>& body)
        : head_(head), body_(body) {}

    bool done() const { return index_ > body_.size(); }

    // Writes what the connection takes now.
    IoStatus write(Stream& stream) {
        std::array<iovec, kMaxVectors> vectors;
        std::size_t count = 0;
        std::size_t skip = offset_;
        for (std::size_t i = index_; i <= body_.size() && count < kMaxVectors; ++i) {
            const std::string_view rest = piece(i).substr(skip);
            skip = 0;
            vectors[count++] = {const_cast<char*>(rest.data()), rest.size()};
        }
        const IoResult result = stream.write({vectors.data(), count});
        if (result.status != IoStatus::kOk) return result.status;
        offset_ += result.bytes;
        while (!done() && offset_ >= piece(index_).size())
            offset_ -= piece(index_++).size();
        return IoStatus::kOk;
    }

private:
    std::string_view piece(std::size_t i) const { return i == 0 ? head_ : body_[i - 1]; }

    const std::string_view head_;
    const std::vector<std::string_view>& body_;
    std::size_t index_ = 0;
    std::size_t offset_ = 0;  // within the piece at `index_`
};

Task<base::Status> write_rest(Stream* stream, RequestWriter* writer, base::SteadyTime deadline,
                              CancelSource* cancel) {
    while (!writer->done()) {
        const IoStatus status = writer->write(*stream);
        if (status == IoStatus::kWouldBlock) {
            const Wake wake = co_await stream->wait_write(deadline, cancel);
            if (wake != Wake::kReady) co_return woken(wake, "take the request");
        } else if (status != IoStatus::kOk) {
            co_return lost("before it took the request");
        }
    }
    co_return base::Status();
}

}  // namespace

base::Error woken(Wake wake, std::string_view what) {
    if (wake == Wake::kCancelled) return base::Error{base::Code::kCancelled, "cancelled"};
    return base::Error{base::Code::kTimeout,
                       "the upstream did not " + std::string(what) + " in time"};
}

std::string request_head(const ClientRequest& request, const Origin& origin,
                         const std::string& target) {
    std::string head;
    head.reserve(256 + request.headers.size() + target.size());
    head.append(request.method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
    head.append(origin.host_header).append("\r\n").append(request.headers);
    if (origin.proxy.has_value() && !origin.tls && !origin.proxy->authorization.empty()) {
        head.append("Proxy-Authorization: ").append(origin.proxy->authorization).append("\r\n");
    }
    if (request.source != nullptr) {
        const std::optional<std::uint64_t> length = request.source->length();
        head.append(length.has_value() ? "Content-Length: " + std::to_string(*length)
                                       : "Transfer-Encoding: chunked");
        head.append("\r\n");
    } else if (request.has_body) {
        std::size_t length = 0;
        for (const std::string_view piece : request.body)
            length += piece.size();
        head.append("Content-Length: ").append(std::to_string(length)).append("\r\n");
    }
    head.append("\r\n");
    return head;
}

Task<base::Status> write_all(Stream* stream, std::string_view head, const ClientRequest* request,
                             CancelSource* cancel) {
    RequestWriter writer(head, request->body);
    co_return co_await write_rest(stream, &writer, request->first_byte, cancel);
}

Task<base::Status> read_head(Stream* stream, MessageParser* parser, Buffer* received,
                             base::SteadyTime deadline, CancelSource* cancel) {
    for (;;) {
        // By way of the scratch buffer: what is kept is as large as what came.
        char* const scratch = stream->loop().scratch().data();
        const IoResult result = stream->read(scratch, kReadStep);
        if (result.status == IoStatus::kWouldBlock) {
            const Wake wake = co_await stream->wait_read(deadline, cancel);
            if (wake != Wake::kReady) co_return woken(wake, "answer");
            continue;
        }
        if (result.status != IoStatus::kOk) co_return lost("without an answer");
        received->append({scratch, result.bytes});
        for (;;) {
            const ParseStep step = parser->parse_head(received->view());
            if (step == ParseStep::kNeedMore) break;
            if (step == ParseStep::kFailed) {
                co_return base::Error{
                    base::Code::kUnavailable,
                    "the upstream's answer is not HTTP: " + parser->error().reason};
            }
            if (parser->status() / 100 != 1) co_return base::Status();
            received->consume(parser->head_size());  // 100 Continue, 103 Early Hints
            parser->restart();
            if (received->empty()) break;
        }
    }
}

Task<base::Status> exchange_heads(SendState* state, const ClientRequest* request,
                                  const std::string* head, CancelSource* cancel) {
    Stream& stream = state->connection->stream();
    co_await EndOfTurn(stream.loop());
    RequestWriter writer(*head, request->body);
    base::Status sent;
    const IoStatus first = writer.write(stream);
    if (first != IoStatus::kOk || !writer.done()) {
        sent = co_await write_rest(&stream, &writer, request->first_byte, cancel);
    }
    // An upstream may refuse a request it has not read to the end: its answer says why.
    const bool broke_off = !sent.ok() && sent.error().code == base::Code::kUnavailable;
    if (!sent.ok() && !broke_off) co_return sent;
    base::Status read =
        co_await read_head(&stream, &state->parser, &state->received, request->first_byte, cancel);
    state->lost = !read.ok() && read.error().code == base::Code::kUnavailable;
    co_return broke_off && !read.ok() ? sent : read;
}

}  // namespace gomodel::net
