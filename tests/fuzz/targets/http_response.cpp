// What an upstream answers, into the HTTP client on a real socket. Promises: head, body and outcome
// are the same however the bytes are cut; a body with a length is as long as it says; a body sent
// in chunks comes out as it went in; and a connection on which anything else came is not used
// again.

#include "base/text.hpp"
#include "net/client_send.hpp"
#include "net/proxy.hpp"
#include "support/manual_clock.hpp"
#include "support/promise.hpp"
#include "support/socket_peer.hpp"
#include "support/split.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

enum class Outcome { kUnfinished, kNoHead, kCutOff, kComplete };

struct Answer {
    Outcome outcome = Outcome::kUnfinished;
    std::string head;
    std::string body;
    bool pooled = false;  // when all bytes had come and before the upstream hung up
};

struct Receiving {
    net::SendState state;
    std::string_view method;
    std::string request_head;
    Answer answer;
    net::CancelSource cancel;
};

net::Task<void> read_body(net::ClientExchange* exchange, Receiving* receiving) {
    for (;;) {
        std::string_view bytes;
        const net::BodyStep step = exchange->read(bytes);
        receiving->answer.body.append(bytes);
        if (step == net::BodyStep::kWait) {
            co_await exchange->wait(net::kNever, nullptr);
        } else if (step != net::BodyStep::kData) {
            const bool whole = step == net::BodyStep::kEnd;
            require(whole == exchange->failure().empty(), "a failure says why");
            receiving->answer.outcome = whole ? Outcome::kComplete : Outcome::kCutOff;
            co_return;
        }
    }
}

net::Task<void> receive(Receiving* receiving) {
    net::ClientRequest request;
    request.method = receiving->method;
    const base::Status sent = co_await net::exchange_heads(&receiving->state, &request,
                                                           &receiving->request_head, nullptr);
    if (!sent.ok()) {
        receiving->state.connection.reset();
        receiving->answer.outcome = Outcome::kNoHead;
        co_return;
    }
    net::ClientExchange exchange(std::move(receiving->state.connection),
                                 std::move(receiving->state.parser),
                                 std::move(receiving->state.received));
    std::string& head = receiving->answer.head;
    head = std::to_string(exchange.status()) + "\n";
    for (const net::HeaderField& field : exchange.fields()) {
        head.append(field.name).append(": ").append(field.value).append("\n");
    }
    co_await read_body(&exchange, receiving);
    const bool bodiless =
        receiving->method == "HEAD" || exchange.status() == 204 || exchange.status() == 304;
    if (receiving->answer.outcome == Outcome::kComplete && exchange.content_length().has_value()) {
        require(receiving->answer.body.size() == (bodiless ? 0 : *exchange.content_length()),
                "a body is as long as its Content-Length says");
    }
}

class Client {
public:
    Client() : loop_(clock_), workers_(1), client_(loop_, workers_, tls_, {}) {
        origin_.host = "upstream";
        origin_.host_header = "upstream";
    }

    Answer receive_in(const Pieces& pieces, std::string_view method) {
        int ends[2];
        require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0,
                "can make sockets");
        const auto kind = method == "HEAD" ? net::MessageParser::Kind::kResponseToHead
                                           : net::MessageParser::Kind::kResponse;
        Receiving receiving{
            {nullptr, net::MessageParser(kind, 400), {}, false}, method, {}, {}, {}};
        receiving.request_head = std::string(method) + " / HTTP/1.1\r\nHost: upstream\r\n\r\n";
        receiving.state.connection = std::make_unique<net::ClientConnection>(
            client_, origin_,
            std::make_unique<net::Stream>(std::make_unique<net::Descriptor>(loop_, ends[0])));
        SocketPeer upstream(loop_, ends[1]);
        net::spawn(receive(&receiving));
        upstream.settle();
        for (const std::string& piece : pieces) {
            if (!upstream.send(piece)) break;
        }
        receiving.answer.pooled = !origin_.idle.empty();
        upstream.half_close();
        require(receiving.answer.outcome != Outcome::kUnfinished,
                "an answer ends when the upstream is gone");
        require(origin_.idle.empty(), "a connection that the upstream closed leaves the pool");
        return receiving.answer;
    }

private:
    tests::ManualClock clock_;
    net::Loop loop_;
    net::WorkerPool workers_;
    net::TlsClient tls_;
    net::HttpClient client_;
    net::Origin origin_;
};

void check_splits(Client& client, std::string_view bytes, std::string_view method) {
    const Answer whole = client.receive_in({std::string(bytes)}, method);
    require(!whole.pooled || whole.outcome == Outcome::kComplete,
            "a connection is used again only after a complete answer");
    for (const Pieces& pieces : ways_to_split(bytes)) {
        const Answer split = client.receive_in(pieces, method);
        require(split.outcome == whole.outcome, "the same outcome however an answer is cut",
                std::to_string(static_cast<int>(split.outcome)) + " instead of " +
                    std::to_string(static_cast<int>(whole.outcome)));
        require_equal(split.head, whole.head, "the same head however an answer is cut");
        require(split.pooled == whole.pooled, "the same reuse however an answer is cut");
        if (whole.outcome == Outcome::kComplete) {
            require_equal(split.body, whole.body, "the same body however an answer is cut");
        } else {
            const std::size_t common = std::min(split.body.size(), whole.body.size());
            require_equal(split.body.substr(0, common), whole.body.substr(0, common),
                          "what came of a broken answer is how it began");
        }
    }
}

void check_chunked(Client& client, std::string_view body) {
    std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string& piece : in_pieces(body)) {
        char size[20];
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        bytes.append(size).append(piece).append("\r\n");
    }
    bytes += "0\r\n\r\n";
    const Answer answer = client.receive_in(in_pieces(bytes), "GET");
    require(answer.outcome == Outcome::kComplete && answer.pooled, "a chunked answer is read");
    require_equal(answer.body, body, "a body sent in chunks comes out as it went in");
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gomodel::fuzz;
    static Client client;
    const std::string_view bytes = as_text(data, size);
    check_splits(client, bytes, "GET");
    check_splits(client, bytes, "HEAD");
    check_chunked(client, bytes);
    return 0;
}
