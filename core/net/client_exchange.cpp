#include "net/client_exchange.hpp"

#include <cstring>

#include "net/http_client.hpp"

namespace gomodel::net {

void ClientConnection::set_idle(base::SteadyTime since) {
    idle_since_ = since;
    reused_ = true;
    stream_->descriptor().listen_for_anything(this);
}

void ClientConnection::set_busy() {
    stream_->descriptor().listen_for_anything(nullptr);
}

void ClientConnection::on_hangup() {
    client_.discard(*this);
}

ClientExchange::ClientExchange(std::unique_ptr<ClientConnection> connection, MessageParser parser,
                               Buffer bytes)
    : connection_(std::move(connection)), parser_(std::move(parser)), head_(std::move(bytes)) {
    const std::size_t size = parser_.head_size();
    fields_ = parser_.fields(head_.view().substr(0, size));
    complete_ = parser_.body() == BodyKind::kNone;
    if (complete_) rest_.append(head_.view().substr(size));  // what nobody asked for
    undecoded_ = head_.size() > size;
}

ClientExchange::~ClientExchange() {
    // Bytes behind the answer would be taken for the answer to the next request.
    const bool clean = reusable_ && complete_ && rest_.empty() && failure_.empty() &&
                       parser_.keep_alive() && !connection_->stream().descriptor().hung_up();
    if (clean) connection_->client().give_back(std::move(connection_));
}

BodyStep ClientExchange::read(std::string_view& bytes) {
    bytes = {};
    if (complete_) return BodyStep::kEnd;
    if (!failure_.empty()) return BodyStep::kFailed;
    if (std::exchange(undecoded_, false)) {
        const std::size_t size = parser_.head_size();
        return decode(head_.data() + size, head_.size() - size, bytes);
    }
    const std::span<char> scratch = connection_->stream().loop().scratch();
    const std::size_t kept = rest_.size();
    if (kept != 0) std::memcpy(scratch.data(), rest_.data(), kept);
    rest_.clear();
    if (kept == scratch.size()) return fail("chunk header too large");
    const IoResult result =
        connection_->stream().read(scratch.data() + kept, scratch.size() - kept);
    if (result.status == IoStatus::kWouldBlock) {
        rest_.append({scratch.data(), kept});
        return BodyStep::kWait;
    }
    if (result.status == IoStatus::kEof) {
        complete_ = parser_.end_of_stream() == ParseStep::kDone;
        return complete_ ? BodyStep::kEnd : fail("the connection ended inside the answer");
    }
    if (result.status == IoStatus::kFailed) return fail(connection_->stream().failure());
    return decode(scratch.data(), kept + result.bytes, bytes);
}

// The chunks of a read are moved together, over their headers: the caller gets one run of bytes.
BodyStep ClientExchange::decode(char* received, std::size_t size, std::string_view& bytes) {
    std::size_t used = 0;
    pieces_.clear();
    const ParseStep step = parser_.decode_body({received, size}, used, pieces_);
    if (step == ParseStep::kFailed) return fail(parser_.error().reason);
    if (used < size) rest_.append({received + used, size - used});
    if (!pieces_.empty()) {
        char* const start = received + (pieces_.front().data() - received);
        char* end = start + pieces_.front().size();
        for (std::size_t i = 1; i < pieces_.size(); ++i) {
            std::memmove(end, pieces_[i].data(), pieces_[i].size());
            end += pieces_[i].size();
        }
        bytes = {start, static_cast<std::size_t>(end - start)};
    }
    complete_ = step == ParseStep::kDone;
    return complete_ ? BodyStep::kEnd : BodyStep::kData;
}

BodyStep ClientExchange::fail(std::string reason) {
    failure_ = reason.empty() ? "connection lost" : std::move(reason);
    return BodyStep::kFailed;
}

}  // namespace gomodel::net
