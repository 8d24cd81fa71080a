// One HTTP/1.1 message without its I/O: bytes in, head and body out (RFC 9112). Parsing is
// Boost.Beast's; this adds what a gateway must refuse so that no two hops can read a message
// differently: folded headers, more than one Content-Length, any Transfer-Encoding but "chunked",
// chunk extensions in requests. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::net {

struct HeaderField {
    std::string_view name;
    std::string_view value;
};
using HeaderFields = std::vector<HeaderField>;

// The value of the first field of that name (case ignored); empty if there is none.
std::string_view find_header(const HeaderFields& fields, std::string_view name);
bool has_header(const HeaderFields& fields, std::string_view name);

enum class BodyKind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

struct ParseError {
    int status = 0;  // what a server answers: 400, 413, 431, 501, 505
    std::string reason;
};

enum class ParseStep : std::uint8_t { kNeedMore, kDone, kFailed };

class MessageParser {
public:
    enum class Kind : std::uint8_t { kRequest, kResponse, kResponseToHead };

    // max_head: the most bytes that the start line and the fields may take.
    MessageParser(Kind kind, std::size_t max_head);
    ~MessageParser();
    MessageParser(MessageParser&&) noexcept;
    MessageParser& operator=(MessageParser&&) noexcept;

    // `bytes`: all that has come of the message so far, from its first byte. After kDone the first
    // head_size() bytes are the head.
    ParseStep parse_head(std::string_view bytes);
    std::size_t head_size() const;
    const ParseError& error() const;
    // Forgets everything: the next bytes are a new message of the same kind.
    void restart();

    // After kDone. Views into `head`, which holds the same head_size() bytes as were parsed.
    HeaderFields fields(std::string_view head) const;
    std::string_view method(std::string_view head) const;  // requests
    std::string_view target(std::string_view head) const;  // requests
    int status() const;                                    // responses
    bool http11() const;
    bool keep_alive() const;
    BodyKind body() const;
    std::optional<std::uint64_t> content_length() const;

    // Decodes the next bytes behind the head, appending views into `bytes` to `pieces`. `used` is
    // how many were taken; fewer than given when the message is complete or, chunked, when a chunk
    // header is cut off: give the rest again with more behind it.
    ParseStep decode_body(std::string_view bytes, std::size_t& used,
                          std::vector<std::string_view>& pieces);
    // The connection ended: kDone iff that completes the message.
    ParseStep end_of_stream();
    // The body may not grow past this many bytes: kFailed with 413.
    void limit_body(std::uint64_t bytes);

private:
    struct Beast;
    std::unique_ptr<Beast> beast_;
};

}  // namespace gomodel::net
