// An upstream for measurements: answers every POST with a chat completion of a chosen size, or,
// when the request asks for a stream, with a chosen number of events at a chosen pace; to
// .../messages, with the same of Anthropic's API. One loop, our own engine, so that it costs less
// than what is measured.
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
    long events = 34;         // of a stream; what frames its text, usage and [DONE] not counted
    long interval_us = 1000;  // between two events
    long delay_us = 0;        // before the first byte
};

// An answer as JSON of about `size` bytes: text between `head` and `tail`.
std::string padded(const std::string& head, const std::string& tail, std::size_t size) {
    std::string text;
    while (head.size() + text.size() + tail.size() < size)
        text += "The quick brown fox jumps. ";
    return head + text + tail;
}

// What one API answers: a whole answer, and the pieces of a stream.
struct Answers {
    std::string whole;
    std::string first;   // one of the events
    std::string middle;  // each of the others
    std::string end;
    std::string usage;  // before the end, for those who asked
    std::string done;
};

std::string chunk(const std::string& delta, const char* finish) {
    return R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
           R"("model":"gpt-4o-mini","system_fingerprint":"fp_bench","choices":[{"index":0,)"
           R"("delta":)" +
           delta + R"(,"logprobs":null,"finish_reason":)" + finish +
           R"(}],"usage":null})"
           "\n\n";
}

Answers chat_answers(std::size_t size) {
    Answers answers;
    answers.whole = padded(
        R"({"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,)"
        R"("model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":")",
        R"("},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":250,)"
        R"("completion_tokens":120,"total_tokens":370,"prompt_tokens_details":)"
        R"({"cached_tokens":128,"audio_tokens":0},"completion_tokens_details":)"
        R"({"reasoning_tokens":0,"audio_tokens":0}},"system_fingerprint":"fp_bench"})",
        size);
    answers.first = chunk(R"({"role":"assistant","content":"","refusal":null})", "null");
    answers.middle = chunk(R"({"content":" token"})", "null");
    answers.end = chunk("{}", "\"stop\"");
    answers.usage =
        R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
        R"("model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":250,"completion_tokens":34,)"
        R"("total_tokens":284}})"
        "\n\n";
    answers.done = "data: [DONE]\n\n";
    return answers;
}

std::string named(const std::string& type, const std::string& members) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + members + "}\n\n";
}

Answers message_answers(std::size_t size) {
    const std::string head =
        R"("id":"msg_bench","type":"message","role":"assistant","model":"claude-bench",)";
    const std::string counted = R"("usage":{"input_tokens":122,"cache_creation_input_tokens":0,)"
                                R"("cache_read_input_tokens":128,"output_tokens":)";
    Answers answers;
    answers.whole =
        padded("{" + head + R"("content":[{"type":"text","text":")",
               R"("}],"stop_reason":"end_turn","stop_sequence":null,)" + counted + "120}}", size);
    answers.first =
        named("message_start", R"(,"message":{)" + head +
                                   R"("content":[],"stop_reason":null,)"
                                   R"("stop_sequence":null,)" +
                                   counted + "1}}") +
        named("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})") +
        named("ping", "");
    answers.middle =
        named("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":" token"})");
    answers.end = named("content_block_stop", R"(,"index":0)") +
                  named("message_delta", R"(,"delta":{"stop_reason":"end_turn",)"
                                         R"("stop_sequence":null},"usage":{"output_tokens":34})") +
                  named("message_stop", "");
    return answers;
}

class Upstream final : public net::HttpHandler {
public:
    Upstream(net::Loop& loop, const Behaviour& behaviour)
        : loop_(loop),
          behaviour_(behaviour),
          chat_(chat_answers(static_cast<std::size_t>(behaviour.size))),
          messages_(message_answers(static_cast<std::size_t>(behaviour.size))) {}

    net::Task<void> handle(net::ServerExchange& exchange) override {
        constexpr std::uint64_t kBodyLimit = 64u << 20;
        const net::RequestBody body = co_await exchange.read_body(kBodyLimit);
        if (behaviour_.delay_us > 0) co_await pause(&exchange, behaviour_.delay_us);
        const std::string_view text = body.bytes.view();
        const bool messages = exchange.target().ends_with("/messages");
        const Answers& answers = messages ? messages_ : chat_;
        if (text.find("\"stream\":true") == std::string_view::npos) {
            const net::HeaderFields fields{{"Content-Type", "application/json"}};
            co_await exchange.respond(200, fields, answers.whole);
        } else {
            const bool usage = text.find("\"include_usage\":true") != std::string_view::npos;
            co_await stream(&exchange, &answers, usage);
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

    net::Task<void> stream(net::ServerExchange* exchange, const Answers* answers, bool usage) {
        const net::HeaderFields fields{{"Content-Type", "text/event-stream"}};
        exchange->start(200, fields, std::nullopt);
        for (long i = 0; i < behaviour_.events; ++i) {
            if (i > 0 && behaviour_.interval_us > 0) {
                co_await pause(exchange, behaviour_.interval_us);
            }
            const std::string& piece = i == 0 ? answers->first : answers->middle;
            const bool sent = co_await send(exchange, piece, false);
            if (!sent) co_return;
        }
        const std::string end = answers->end + (usage ? answers->usage : "") + answers->done;
        co_await send(exchange, end, true);
    }

    net::Loop& loop_;
    const Behaviour behaviour_;
    const Answers chat_;
    const Answers messages_;
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
