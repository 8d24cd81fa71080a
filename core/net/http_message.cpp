#include "net/http_message.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/container/small_vector.hpp>
#include <variant>

#include "base/text.hpp"
#include "net/block_pool.hpp"

namespace gomodel::net {
namespace {

namespace http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastView = boost::beast::string_view;

constexpr std::size_t kUsualFields = 16;

struct Span {
    std::uint32_t at = 0;
    std::uint32_t size = 0;

    std::string_view in(std::string_view text) const { return text.substr(at, size); }
};

std::string_view view(BeastView text) {
    return {text.data(), text.size()};
}

// What Beast lets pass and two hops may read differently: lines that end in a bare LF, lines that
// are folded (RFC 9112, 2.2 and 5.2). `from`: how much was looked at before. nullptr: neither.
const char* head_fault(std::string_view head, std::size_t from) {
    for (std::size_t at = from;;) {
        at = head.find('\n', at);
        if (at == std::string_view::npos) return nullptr;
        if (at == 0 || head[at - 1] != '\r') return "line that ends in a bare line feed";
        ++at;
        if (at < head.size() && (head[at] == ' ' || head[at] == '\t')) {
            return "folded header field";
        }
    }
}

// What both kinds of message have in common, apart from Beast's template parameter.
struct Parsed {
    std::string_view bytes;  // of the current call
    boost::container::small_vector<std::pair<Span, Span>, kUsualFields> fields;
    Span method;
    Span target;
    int status = 0;
    int version = 11;
    int hosts = 0;
    bool chunked = false;
    std::optional<std::uint64_t> length;
    std::vector<std::string_view>* pieces = nullptr;
    ParseError error;

    Span span(BeastView text) const {
        return {static_cast<std::uint32_t>(text.data() - bytes.data()),
                static_cast<std::uint32_t>(text.size())};
    }
    bool inside(BeastView text) const {
        return text.data() >= bytes.data() &&
               text.data() + text.size() <= bytes.data() + bytes.size();
    }
    void refuse(int code, std::string reason, BeastError& ec) {
        error = {code, std::move(reason)};
        ec = http::error::bad_field;
    }

    void on_field(http::field id, BeastView name, BeastView value, BeastError& ec);
    void on_content_length(BeastView value, BeastError& ec);
    void on_transfer_encoding(BeastView value, BeastError& ec);
};

void Parsed::on_field(http::field id, BeastView name, BeastView value, BeastError& ec) {
    // Beast joins a folded value in a buffer of its own: it is not where the bytes are.
    if (!value.empty() && !inside(value)) return refuse(400, "folded header field", ec);
    if (id == http::field::content_length) on_content_length(value, ec);
    if (id == http::field::transfer_encoding) on_transfer_encoding(value, ec);
    if (id == http::field::host && ++hosts > 1) refuse(400, "more than one Host header", ec);
    if (ec) return;
    fields.emplace_back(span(name), value.empty() ? Span{span(name).at, 0} : span(value));
}

void Parsed::on_content_length(BeastView value, BeastError& ec) {
    if (length.has_value()) return refuse(400, "more than one Content-Length header", ec);
    length = base::parse_decimal(view(value));
    if (!length.has_value()) refuse(400, "Content-Length is not a number", ec);
}

// Whether the body's end can be found at all (RFC 9112, 6.3), though not by us: a list of other
// codings with chunked as the last. Anything else is malformed or meant to be read in two ways.
bool ends_in_chunked(std::string_view value) {
    for (;;) {
        const std::size_t comma = value.find(',');
        const std::string_view coding = base::trim(value.substr(0, comma));
        if (comma == std::string_view::npos) return base::iequals(coding, "chunked");
        if (coding.empty() || base::iequals(coding, "chunked")) return false;
        value.remove_prefix(comma + 1);
    }
}

void Parsed::on_transfer_encoding(BeastView value, BeastError& ec) {
    if (chunked) return refuse(400, "more than one Transfer-Encoding header", ec);
    if (version < 11) return refuse(400, "Transfer-Encoding in an HTTP/1.0 message", ec);
    if (!base::iequals(view(value), "chunked")) {
        if (!ends_in_chunked(view(value))) {
            return refuse(400, "Transfer-Encoding that does not end in chunked", ec);
        }
        return refuse(501, "Transfer-Encoding other than chunked", ec);
    }
    chunked = true;
}

template <bool kIsRequest>
class Parser final : public http::basic_parser<kIsRequest> {
public:
    Parsed parsed;
    bool head_done = false;
    std::uint64_t decoded = 0;
    std::uint64_t limit = UINT64_MAX;

private:
    void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                         BeastError&) override {
        parsed.method = parsed.span(method);
        parsed.target = parsed.span(target);
        parsed.version = version;
    }
    void on_response_impl(int code, BeastView, int version, BeastError&) override {
        parsed.status = code;
        parsed.version = version;
    }
    void on_field_impl(http::field id, BeastView name, BeastView value, BeastError& ec) override {
        if (!head_done) parsed.on_field(id, name, value, ec);  // trailers are dropped
    }
    void on_header_impl(BeastError& ec) override {
        head_done = true;
        if (kIsRequest && parsed.version >= 11 && parsed.hosts == 0) {
            parsed.refuse(400, "missing Host header", ec);
        }
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
    std::size_t on_body_impl(BeastView body, BeastError& ec) override { return take(body, ec); }
    void on_chunk_header_impl(std::uint64_t size, BeastView extensions, BeastError& ec) override {
        if (kIsRequest && !extensions.empty()) parsed.refuse(400, "chunk extension", ec);
        if (size > limit - std::min(limit, decoded)) ec = http::error::body_limit;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, BeastError& ec) override {
        return take(body, ec);
    }
    void on_finish_impl(BeastError&) override {}

    std::size_t take(BeastView body, BeastError& ec) {
        decoded += body.size();
        if (decoded > limit) ec = http::error::body_limit;
        if (!body.empty()) parsed.pieces->push_back(view(body));
        return body.size();
    }
};

// True iff the first line ends in an HTTP version, whatever its number. Beast's bad_version is also
// what it says of a request line with a space in its target.
bool names_version(std::string_view head) {
    const std::string_view line = head.substr(0, head.find('\r'));
    const std::size_t at = line.rfind(' ');
    if (at == std::string_view::npos || line.find(' ') != line.rfind(' ', at - 1)) return false;
    const std::string_view version = line.substr(at + 1);
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
           version[6] == '.' && digit(version[7]);
}

ParseError describe(const BeastError& ec, std::string_view bytes) {
    if (ec == http::error::body_limit) return {413, "body too large"};
    if (ec == http::error::bad_version && names_version(bytes)) {
        return {505, "HTTP version not supported"};
    }
    return {400, "malformed HTTP message: " + ec.message()};
}

}  // namespace

std::string_view find_header(const HeaderFields& fields, std::string_view name) {
    for (const HeaderField& field : fields) {
        if (base::iequals(field.name, name)) return field.value;
    }
    return {};
}

bool has_header(const HeaderFields& fields, std::string_view name) {
    for (const HeaderField& field : fields) {
        if (base::iequals(field.name, name)) return true;
    }
    return false;
}

struct MessageParser::Beast {
    static void* operator new(std::size_t size) { return BlockPool::take(size); }
    static void operator delete(void* parser, std::size_t size) { BlockPool::give(parser, size); }

    Beast(Kind of, std::size_t head) : kind(of), max_head(head) {
        if (kind == Kind::kRequest) {
            configure(std::get<0>(parser));
        } else {
            configure(parser.emplace<1>());
        }
    }

    template <bool kIsRequest>
    void configure(Parser<kIsRequest>& of_kind) {
        of_kind.header_limit(UINT32_MAX);  // it counts from where a call starts: see parse_head()
        of_kind.body_limit(UINT64_MAX);    // boost::none refuses everything in Beast 1.74
        of_kind.eager(false);
        if (kind == Kind::kResponseToHead) of_kind.skip(true);
    }

    // Calls `f` with the parser of the right kind.
    template <typename F>
    decltype(auto) with(F&& f) {
        return std::visit(std::forward<F>(f), parser);
    }
    Parsed& parsed() {
        return with([](auto& of_kind) -> Parsed& { return of_kind.parsed; });
    }
    ParseStep fail(const BeastError& ec) {
        error = parsed().error.status != 0 ? parsed().error : describe(ec, parsed().bytes);
        return ParseStep::kFailed;
    }

    ParseStep parse_head(std::string_view bytes) {
        return with([&](auto& of_kind) {
            of_kind.parsed.bytes = bytes;
            while (!of_kind.is_header_done()) {
                BeastError ec;
                const std::string_view rest = bytes.substr(consumed);
                consumed += of_kind.put(boost::asio::buffer(rest.data(), rest.size()), ec);
                if (ec == http::error::need_more) return ParseStep::kNeedMore;
                if (ec) return fail(ec);
            }
            return ParseStep::kDone;
        });
    }

    const Kind kind;
    const std::size_t max_head;
    std::variant<Parser<true>, Parser<false>> parser;
    std::size_t consumed = 0;
    std::size_t checked = 0;  // bytes that head_fault() has seen
    ParseError error;
};

MessageParser::MessageParser(Kind kind, std::size_t max_head)
    : beast_(std::make_unique<Beast>(kind, max_head)) {}

MessageParser::~MessageParser() = default;
MessageParser::MessageParser(MessageParser&&) noexcept = default;
MessageParser& MessageParser::operator=(MessageParser&&) noexcept = default;

ParseStep MessageParser::parse_head(std::string_view bytes) {
    const ParseStep step = beast_->parse_head(bytes);
    const bool ends_later = step == ParseStep::kNeedMore && bytes.size() >= beast_->max_head;
    const bool too_large = step == ParseStep::kDone && beast_->consumed > beast_->max_head;
    if (ends_later || too_large) {
        beast_->error = {431, "header fields too large"};
        return ParseStep::kFailed;
    }
    // Only what certainly belongs to the head.
    std::string_view head = bytes.substr(0, beast_->consumed);
    if (step == ParseStep::kNeedMore) head = bytes;
    if (step == ParseStep::kFailed) head = bytes.substr(0, bytes.find("\r\n\r\n"));
    if (const char* const fault = head_fault(head, beast_->checked)) {
        beast_->error = {400, fault};
        return ParseStep::kFailed;
    }
    beast_->checked = head.empty() ? 0 : head.size() - 1;
    return step;
}

std::size_t MessageParser::head_size() const {
    return beast_->consumed;
}
const ParseError& MessageParser::error() const {
    return beast_->error;
}

void MessageParser::restart() {
    *this = MessageParser(beast_->kind, beast_->max_head);
}

HeaderFields MessageParser::fields(std::string_view head) const {
    HeaderFields fields;
    fields.reserve(beast_->parsed().fields.size());
    for (const auto& [name, value] : beast_->parsed().fields) {
        fields.push_back({name.in(head), value.in(head)});
    }
    return fields;
}

std::string_view MessageParser::method(std::string_view head) const {
    return beast_->parsed().method.in(head);
}
std::string_view MessageParser::target(std::string_view head) const {
    return beast_->parsed().target.in(head);
}
int MessageParser::status() const {
    return beast_->parsed().status;
}
bool MessageParser::http11() const {
    return beast_->parsed().version >= 11;
}

bool MessageParser::keep_alive() const {
    return beast_->with([](auto& parser) { return parser.keep_alive(); });
}

BodyKind MessageParser::body() const {
    return beast_->with([](auto& parser) {
        if (parser.is_done()) return BodyKind::kNone;
        if (parser.parsed.chunked) return BodyKind::kChunked;
        return parser.parsed.length.has_value() ? BodyKind::kLength : BodyKind::kUntilClose;
    });
}

std::optional<std::uint64_t> MessageParser::content_length() const {
    return beast_->parsed().length;
}

void MessageParser::limit_body(std::uint64_t bytes) {
    beast_->with([bytes](auto& parser) { parser.limit = bytes; });
}

ParseStep MessageParser::decode_body(std::string_view bytes, std::size_t& used,
                                     std::vector<std::string_view>& pieces) {
    return beast_->with([&](auto& parser) {
        parser.parsed.bytes = bytes;
        parser.parsed.pieces = &pieces;
        used = 0;
        if (beast_->error.status != 0) return ParseStep::kFailed;
        while (!parser.is_done()) {
            if (used == bytes.size()) return ParseStep::kNeedMore;
            BeastError ec;
            const std::string_view rest = bytes.substr(used);
            const std::size_t taken = parser.put(boost::asio::buffer(rest.data(), rest.size()), ec);
            used += taken;
            if (ec == http::error::need_more) return ParseStep::kNeedMore;
            if (ec) return beast_->fail(ec);
            // Behind the last chunk come trailers, which must be as strict as the head was.
            const bool trailers = parser.is_done() && parser.parsed.chunked;
            if (const char* fault = trailers ? head_fault(rest.substr(0, taken), 0) : nullptr) {
                beast_->error = {400, fault};
                return ParseStep::kFailed;
            }
        }
        return ParseStep::kDone;
    });
}

ParseStep MessageParser::end_of_stream() {
    return beast_->with([&](auto& parser) {
        BeastError ec;
        if (parser.got_some()) parser.put_eof(ec);
        if (!parser.got_some() || ec) {
            beast_->error = {400, "the connection ended inside a message"};
            return ParseStep::kFailed;
        }
        return ParseStep::kDone;
    });
}

}  // namespace gomodel::net
