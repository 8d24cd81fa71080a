#include "gateway/passthrough_body.hpp"

#include <gomodel/json_tree.hpp>

#include "base/text.hpp"
#include "dialect/member_scanner.hpp"

namespace gomodel::gateway {
namespace {

bool is_json(std::string_view content_type) {
    const std::string type =
        base::lower(base::trim(content_type.substr(0, content_type.find(';'))));
    return type == "application/json" || type.ends_with("+json");
}

}  // namespace

net::Task<dialect::Failure> PassthroughBody::peek() {
    net::ServerExchange& client = context_.client;
    const std::optional<std::uint64_t> length = client.content_length();
    const bool small = length.has_value() && *length <= kPeek;
    const bool all_that_fits = small || is_json(client.header("content-type"));
    do {
        const bool read_one = co_await read(&client.client_gone());
        if (!read_one) co_return fault();
        peeked_.append(piece_.bytes);
        whole_ = client.body_read();
    } while (all_that_fits && !whole_ && peeked_.size() < kPeek);
    co_return std::nullopt;
}

net::Task<bool> PassthroughBody::read(net::CancelSource* stop) {
    const std::uint64_t limit = context_.generation->settings.server.body_size_limit;
    piece_ = co_await context_.client.read_piece(limit, stop);
    context_.record.bytes_in = context_.client.body_bytes();
    // Half a body is what a client leaves that goes.
    if (piece_.status != 0 && context_.client.client_gone().cancelled()) {
        context_.record.cause = EndCause::kClientGone;
    }
    co_return piece_.status == 0;
}

dialect::Failure PassthroughBody::fault() const {
    if (piece_.status == 0) return std::nullopt;
    dialect::ApiError error = dialect::invalid_request(piece_.reason);
    error.status = piece_.status;
    return error;
}

std::optional<std::uint64_t> PassthroughBody::length() const {
    return context_.client.content_length();
}

net::Task<base::Result<std::string_view>> PassthroughBody::next(net::CancelSource* stop) {
    if (!std::exchange(peeked_sent_, true) && !peeked_.empty()) co_return peeked_.view();
    peeked_.release();
    const bool read_one = co_await read(stop);
    if (read_one) co_return piece_.bytes;
    const bool stopped = piece_.status == 499;
    if (stopped) piece_.status = 0;  // `stop` is about the answer: whether the client left is known
    co_return base::Error{stopped ? base::Code::kCancelled : base::Code::kInvalid, piece_.reason};
}

PeekedRequest peek_request(std::string_view json) {
    dialect::MemberScanner scanner({"model", "stream"});
    scanner.feed(json);
    PeekedRequest request;
    const json::Tree model(scanner.value(0));
    request.model = model.root().text();
    request.stream = scanner.value(1) == "true";
    return request;
}

}  // namespace gomodel::gateway
