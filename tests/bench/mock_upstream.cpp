// An upstream for measurements: answers every POST with a chat completion of a chosen size, or,
// when the request asks for a stream, with a chosen number of events at a chosen pace. One loop,
// our own engine, so that it costs less than what is measured.
//
//   mock_upstream [--port N] [--size BYTES] [--events N] [--interval-us N] [--delay-us N]
//
// Prints "listening on PORT" once it is ready.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "net/http_server.hpp"
#include "net/socket.hpp"

namespace gomodel::bench {
namespace {

struct Behaviour {
    long port = 0;
    long size = 1024;         // of the JSON answer, about
    long events = 34;         // of a stream, usage and [DONE] not counted
    long interval_us = 1000;  // between two events
    long delay_us = 0;        // before the first byte
};

std::string completion(std::size_t size) {
    const std::string head =
        R"({"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,)"
        R"("model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":")";
    const std::string tail =
        R"("},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":250,)"
        R"("completion_tokens":120,"total_tokens":370,"prompt_tokens_details":)"
        R"({"cached_tokens":128,"audio_tokens":0},"completion_tokens_details":)"
        R"({"reasoning_tokens":0,"audio_tokens":0}},"system_fingerprint":"fp_bench"})";
    std::string text;
    while (head.size() + text.size() + tail.size() < size)
        text += "The quick brown fox jumps. ";
    return head + text + tail;
}

std::string event(const std::string& delta, const char* finish) {
    return R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
           R"("model":"gpt-4o-mini","system_fingerprint":"fp_bench","choices":[{"index":0,)"
           R"("delta":)" +
           delta + R"(,"logprobs":null,"finish_reason":)" + finish +
           R"(}],"usage":null})"
           "\n\n";
}

class Upstream final : public net::HttpHandler {
public:
    Upstream(net::Loop& loop, const Behaviour& behaviour)
        : loop_(loop),
          behaviour_(behaviour),
          completion_(completion(static_cast<std::size_t>(behaviour.size))) {}

    net::Task<void> handle(net::ServerExchange& exchange) override {
        constexpr std::uint64_t kBodyLimit = 64u << 20;
        const net::RequestBody body = co_await exchange.read_body(kBodyLimit);
        if (behaviour_.delay_us > 0) co_await pause(&exchange, behaviour_.delay_us);
        const std::string_view text = body.bytes.view();
        if (text.find("\"stream\":true") == std::string_view::npos) {
            const net::HeaderFields fields{{"Content-Type", "application/json"}};
            co_await exchange.respond(200, fields, completion_);
        } else {
            const bool usage = text.find("\"include_usage\":true") != std::string_view::npos;
            co_await stream(&exchange, usage);
        }
    }
    std::string error_body(int, std::string_view reason) override { return std::string(reason); }

private:
    net::Task<void> pause(net::ServerExchange* exchange, long microseconds) {
        const base::SteadyTime until = loop_.now() + std::chrono::microseconds(microseconds);
        co_await net::Sleep(loop_, until, &exchange->client_gone());
    }

    net::Task<bool> send(net::ServerExchange* exchange, std::string_view text, bool last) {
        if (exchange->write({&text, 1}, last)) co_return true;
        co_return co_await exchange->flush();
    }

    net::Task<void> stream(net::ServerExchange* exchange, bool usage) {
        const net::HeaderFields fields{{"Content-Type", "text/event-stream"}};
        exchange->start(200, fields, std::nullopt);
        for (long i = 0; i < behaviour_.events; ++i) {
            if (i > 0 && behaviour_.interval_us > 0) {
                co_await pause(exchange, behaviour_.interval_us);
            }
            const bool sent = co_await send(exchange, i == 0 ? first_ : middle_, false);
            if (!sent) co_return;
        }
        const std::string end = last_ + (usage ? usage_ : "") + "data: [DONE]\n\n";
        co_await send(exchange, end, true);
    }

    net::Loop& loop_;
    const Behaviour behaviour_;
    const std::string completion_;
    const std::string first_ = event(R"({"role":"assistant","content":"","refusal":null})", "null");
    const std::string middle_ = event(R"({"content":" token"})", "null");
    const std::string last_ = event("{}", "\"stop\"");
    const std::string usage_ =
        R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
        R"("model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":250,"completion_tokens":34,)"
        R"("total_tokens":284}})"
        "\n\n";
};

int run(int argc, char** argv) {
    Behaviour behaviour;
    const std::map<std::string, long*> options = {{"--port", &behaviour.port},
                                                  {"--size", &behaviour.size},
                                                  {"--events", &behaviour.events},
                                                  {"--interval-us", &behaviour.interval_us},
                                                  {"--delay-us", &behaviour.delay_us}};
    for (int i = 1; i + 1 < argc; i += 2) {
        const auto found = options.find(argv[i]);
        if (found == options.end()) {
            std::fprintf(stderr, "unknown option %s\n", argv[i]);
            return 2;
        }
        *found->second = std::strtol(argv[i + 1], nullptr, 10);
    }
    std::signal(SIGPIPE, SIG_IGN);
    const base::SystemClock clock;
    net::Loop loop(clock);
    Upstream upstream(loop, behaviour);
    net::ServerLimits limits;
    limits.idle_timeout = std::chrono::hours(1);
    net::HttpServer server(loop, upstream, limits, nullptr);
    const auto listener = net::listen_tcp("127.0.0.1", static_cast<std::uint16_t>(behaviour.port));
    if (!listener.ok()) {
        std::fprintf(stderr, "%s\n", listener.error().message.c_str());
        return 1;
    }
    server.listen(*listener);
    std::printf("listening on %d\n", net::local_port(*listener));
    std::fflush(stdout);
    loop.run();
    return 0;
}

}  // namespace
}  // namespace gomodel::bench

int main(int argc, char** argv) {
    return gomodel::bench::run(argc, argv);
}
