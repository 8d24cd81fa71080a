#include "gateway/upstream_answer.hpp"

#include "base/text.hpp"

namespace gomodel::gateway {

bool is_event_stream(const net::ClientExchange& upstream) {
    return base::istarts_with(base::trim(upstream.header("content-type")), "text/event-stream");
}

bool is_compressed(const net::ClientExchange& upstream) {
    const std::string_view coding = base::trim(upstream.header("content-encoding"));
    return !coding.empty() && !base::iequals(coding, "identity");
}

}  // namespace gomodel::gateway
