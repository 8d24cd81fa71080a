// What the gateway needs to know of a client's request, found in one pass over the raw JSON, and
// the edits that make it an upstream's. Nothing is decoded that is not looked at and nothing is
// re-serialised: members this file does not name go through untouched. One parser a loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialect/api_error.hpp"
#include "dialect/splice.hpp"

namespace gomodel::dialect {

enum class Endpoint : std::uint8_t { kChat, kResponses, kEmbeddings, kMessages, kCountTokens };

// True iff it is one of Anthropic's.
constexpr bool is_messages(Endpoint endpoint) {
    return endpoint == Endpoint::kMessages || endpoint == Endpoint::kCountTokens;
}

// Where a member's parts are in the text.
struct MemberSpan {
    std::size_t begin = 0;  // the key's opening quote
    std::size_t value = 0;
    std::size_t end = 0;  // behind the value
};

struct Request {
    std::string model;                    // empty: absent
    std::optional<std::string> provider;  // a string only: an object is the upstream's business
    bool stream = false;
    bool include_usage = false;  // the client asked for stream_options.include_usage

    // Makes the text carry this model name.
    void set_model(std::string_view name);
    // Takes the gateway's own `provider` member out.
    void remove_provider(std::string_view text);
    // Makes the text ask for usage at the end of a stream. REQUIRES: there is a model.
    void ask_for_usage();
    bool edited() const { return !edits.empty(); }

    std::vector<Edit> edits;

    std::optional<MemberSpan> model_at;
    std::optional<MemberSpan> provider_at;
    std::optional<MemberSpan> stream_options_at;
    std::optional<MemberSpan> include_usage_at;
    bool stream_options_empty = false;
};

class RequestReader {
public:
    RequestReader();
    ~RequestReader();

    // Reads a body. `text` is followed by net::Buffer::kSlack readable bytes.
    // ApiError: 400 "invalid request body: ..." with the place; the JSON is malformed, or a member
    // this endpoint defines has the wrong type. Throws std::bad_alloc.
    std::variant<Request, ApiError> read(Endpoint endpoint, std::string_view text);

    // True iff the failure of the last read() was text that is not UTF-8.
    bool bad_utf8() const { return bad_utf8_; }

private:
    struct Parser;

    std::variant<Request, ApiError> parse(Parser& parser, Endpoint endpoint, std::string_view text);

    std::unique_ptr<Parser> parser_;
    bool bad_utf8_ = false;
};

}  // namespace gomodel::dialect
