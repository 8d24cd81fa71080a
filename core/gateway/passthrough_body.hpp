// The body of a passthrough's request: its first bytes are held, to be looked at and, when they are
// all of it, to be sent more than once; the rest goes from the client to the upstream as both are
// ready. Loop thread.
#pragma once

#include <string>

#include "dialect/api_error.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::gateway {

class PassthroughBody final : public net::BodySource {
public:
    static constexpr std::size_t kPeek = 64 * 1024;

    explicit PassthroughBody(RequestContext& context) : context_(context) {}

    // Reads the beginning: of a JSON body and of a small one all that fits, of any other one piece.
    net::Task<dialect::Failure> peek();

    std::string_view peeked() const { return peeked_.view(); }
    // The client sent all of it, and it is held.
    bool whole() const { return whole_; }
    // What to say to the client about a body that could not be read; nullopt: it could.
    dialect::Failure fault() const;
    // No longer needed: what is left of it is not sent.
    void release() { peeked_.release(); }

    std::optional<std::uint64_t> length() const override;
    net::Task<base::Result<std::string_view>> next(net::CancelSource* stop) override;

private:
    net::Task<bool> read(net::CancelSource* stop);

    RequestContext& context_;
    net::Buffer peeked_;
    net::BodyPiece piece_;  // the last one read
    bool whole_ = false;
    bool peeked_sent_ = false;
};

// The top-level members of a JSON request that passthrough looks at, as far as its first bytes
// tell.
struct PeekedRequest {
    std::string model;
    bool stream = false;
};
PeekedRequest peek_request(std::string_view json);

}  // namespace gomodel::gateway
