// What a client sends, into the HTTP server on a real socket. Promises: the same requests are seen
// and the same answers given however the bytes are cut; no request gets to the handler that another
// hop could read differently; every answer is whole; and once the client is gone, the server lets
// go of the connection.

#include <cctype>

#include "base/text.hpp"
#include "net/http_server.hpp"
#include "support/manual_clock.hpp"
#include "support/promise.hpp"
#include "support/socket_peer.hpp"
#include "support/split.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using net::HeaderField;
using net::HeaderFields;

constexpr std::uint64_t kBodyLimit = 600;
constexpr std::size_t kHeadLimit = 400;
constexpr std::string_view kRefusal = "refused";
// Behind every input: a malformed head that never ends may or may not be refused before its end.
constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool is_token(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (!std::isalnum(byte) && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string::npos)
            return false;
    }
    return !text.empty();
}

std::size_t count(const HeaderFields& fields, std::string_view name) {
    return static_cast<std::size_t>(std::count_if(
        fields.begin(), fields.end(),
        [name](const HeaderField& field) { return base::iequals(field.name, name); }));
}

// RFC 9112, sections 3, 5 and 6: what makes a message mean the same to every hop.
void check_framing(const net::ServerExchange& exchange) {
    const HeaderFields& fields = exchange.fields();
    require(is_token(exchange.method()), "a method is a token");
    const std::string_view target = exchange.target();
    require(!target.empty() && std::none_of(target.begin(), target.end(),
                                            [](unsigned char c) { return c <= ' ' || c == 0x7f; }),
            "a target has no blanks and no control characters", target);
    for (const HeaderField& field : fields) {
        require(is_token(field.name), "the name of a field is a token", field.name);
        require(std::none_of(field.value.begin(), field.value.end(),
                             [](char c) { return c == '\r' || c == '\n' || c == '\0'; }),
                "the value of a field is one line", field.value);
    }
    const std::size_t lengths = count(fields, "content-length");
    const std::size_t encodings = count(fields, "transfer-encoding");
    require(lengths + encodings <= 1, "there is one way to tell where a body ends");
    require(count(fields, "host") <= 1, "a request is for one host");
}

class Handler final : public net::HttpHandler {
public:
    net::Task<void> handle(net::ServerExchange& exchange) override {
        check_framing(exchange);
        std::string request(exchange.method());
        methods.push_back(request);
        request.append(" ").append(exchange.target()).append("\n");
        for (const HeaderField& field : exchange.fields()) {
            request.append(field.name).append(": ").append(field.value).append("\n");
        }
        const net::RequestBody body = co_await exchange.read_body(kBodyLimit);
        if (body.status == 0) {
            require(body.bytes.size() <= kBodyLimit, "a body is within its limit");
            if (const std::string_view length = exchange.header("content-length"); !length.empty())
                require(base::parse_decimal(length) == body.bytes.size(), "a body is whole");
            request.append(body.bytes.view());
        }
        // Whether trailers are seen to be malformed or too large first may depend on the cuts.
        const int status = body.status == 431 ? 400 : body.status;
        requests += request + "\n=> " + std::to_string(status) + "\n";
        const HeaderFields none;
        co_await exchange.respond(status == 0 ? 200 : status, none, "answer");
    }

    std::string error_body(int, std::string_view) override { return std::string(kRefusal); }

    std::string requests;
    std::vector<std::string> methods;
};

// The answers without interim ones: whether "100 Continue" is sent depends on what has come.
std::string read_answers(std::string_view bytes, const std::vector<std::string>& methods) {
    using Kind = net::MessageParser::Kind;
    std::string answers;
    for (std::size_t answered = 0; !bytes.empty();) {
        const bool head = answered < methods.size() && methods[answered] == "HEAD";
        net::MessageParser parser(head ? Kind::kResponseToHead : Kind::kResponse, 4096);
        require(parser.parse_head(bytes) == net::ParseStep::kDone, "an answer has a head", bytes);
        const std::string_view message = bytes.substr(0, parser.head_size());
        bytes.remove_prefix(message.size());
        if (parser.status() / 100 == 1) continue;
        std::vector<std::string_view> pieces;
        std::size_t used = 0;
        require(parser.decode_body(bytes, used, pieces) == net::ParseStep::kDone,
                "an answer is whole", message);
        const std::string_view body = bytes.substr(0, used);
        bytes.remove_prefix(used);
        // Which of two faults of a head is seen first, such as its form and its size, may depend on
        // the cuts; that it is refused may not.
        if (body != kRefusal) answers.append(message);
        answers.append(body);
        ++answered;
        // One more than there were requests: the refusal of what was none.
        require(answered <= methods.size() + 1, "an answer belongs to a request");
    }
    return answers;
}

struct Served {
    std::string requests;
    std::string answers;
};

class Server {
public:
    Server() : loop_(clock_), server_(loop_, handler_, limits(), nullptr) {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const sa_family_t unnamed = AF_UNIX;  // the kernel makes up an abstract name
        const auto* const address = reinterpret_cast<const sockaddr*>(&unnamed);
        require(::bind(fd, address, sizeof unnamed) == 0 && ::listen(fd, 1) == 0, "can listen");
        address_size_ = sizeof address_;
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address_), &address_size_);
        server_.listen(fd);
    }
    ~Server() {
        server_.drain([] {});
        loop_.turn(false);
    }

    Served serve(const Pieces& pieces) {
        handler_.requests.clear();
        handler_.methods.clear();
        std::string answers;
        {
            SocketPeer client(loop_, connect());
            client.settle();
            for (const std::string& piece : pieces) {
                if (!client.send(piece)) break;
            }
            client.half_close();
            require(server_.connections() == 0, "a connection ends when its client is gone");
            answers = read_answers(client.received(), handler_.methods);
        }
        return {handler_.requests, answers};
    }

private:
    static net::ServerLimits limits() {
        net::ServerLimits limits;
        limits.max_head = kHeadLimit;
        return limits;
    }

    int connect() const {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const auto* const address = reinterpret_cast<const sockaddr*>(&address_);
        require(::connect(fd, address, address_size_) == 0, "can connect");
        return fd;
    }

    tests::ManualClock clock_;
    net::Loop loop_;
    Handler handler_;
    net::HttpServer server_;
    sockaddr_storage address_{};
    socklen_t address_size_ = 0;
};

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gomodel::fuzz;
    static Server server;
    const std::string bytes = std::string(as_text(data, size)).append(kEndOfHead);
    const Served whole = server.serve({bytes});
    for (const Pieces& pieces : ways_to_split(bytes)) {
        const Served split = server.serve(pieces);
        require_equal(split.requests, whole.requests, "the same requests however they are cut");
        require_equal(split.answers, whole.answers, "the same answers however requests are cut");
    }
    return 0;
}
