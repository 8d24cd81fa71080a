#include "net/client_send.hpp"

#include <array>

#include "net/proxy.hpp"

namespace gomodel::net {
namespace {

constexpr std::size_t kReadStep = 16 * 1024;
constexpr std::size_t kMaxVectors = 64;

base::Error lost(std::string_view when) {
    return base::Error{base::Code::kUnavailable,
                       "the upstream closed the connection " + std::string(when)};
}

base::Error woken(Wake wake, std::string_view what) {
    if (wake == Wake::kCancelled) return base::Error{base::Code::kCancelled, "cancelled"};
    return base::Error{base::Code::kTimeout,
                       "the upstream did not " + std::string(what) + " in time"};
}

}  // namespace

std::string request_head(const ClientRequest& request, const Origin& origin,
                         const std::string& target) {
    std::string head;
    head.reserve(256 + request.headers.size() + target.size());
    head.append(request.method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
    head.append(origin.host_header).append("\r\n").append(request.headers);
    if (origin.proxy.has_value() && !origin.tls && !origin.proxy->authorization.empty()) {
        head.append("Proxy-Authorization: ").append(origin.proxy->authorization).append("\r\n");
    }
    if (request.has_body) {
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
    const std::vector<std::string_view>& body = request->body;
    const auto piece = [&](std::size_t i) { return i == 0 ? head : body[i - 1]; };
    std::size_t index = 0;
    std::size_t offset = 0;  // within the piece at `index`
    while (index <= body.size()) {
        std::array<iovec, kMaxVectors> vectors;
        std::size_t count = 0;
        std::size_t skip = offset;
        for (std::size_t i = index; i <= body.size() && count < kMaxVectors; ++i) {
            const std::string_view rest = piece(i).substr(skip);
            skip = 0;
            vectors[count++] = {const_cast<char*>(rest.data()), rest.size()};
        }
        const IoResult result = stream->write({vectors.data(), count});
        if (result.status == IoStatus::kWouldBlock) {
            const Wake wake = co_await stream->wait_write(request->first_byte, cancel);
            if (wake != Wake::kReady) co_return woken(wake, "take the request");
            continue;
        }
        if (result.status != IoStatus::kOk) co_return lost("before it took the request");
        offset += result.bytes;
        while (index <= body.size() && offset >= piece(index).size()) {
            offset -= piece(index++).size();
        }
    }
    co_return base::Status();
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
    base::Status sent = co_await write_all(&stream, *head, request, cancel);
    // An upstream may refuse a request it has not read to the end: its answer says why.
    const bool broke_off = !sent.ok() && sent.error().code == base::Code::kUnavailable;
    if (!sent.ok() && !broke_off) co_return sent;
    base::Status read =
        co_await read_head(&stream, &state->parser, &state->received, request->first_byte, cancel);
    state->lost = !read.ok() && read.error().code == base::Code::kUnavailable;
    co_return broke_off && !read.ok() ? sent : read;
}

}  // namespace gomodel::net
