// What every provider makes of an upstream's answer, through its whole interface. The first byte
// picks the provider, the second what was asked of it, the third the answer's status; the rest is
// the body. Promises: the provider keeps its contract; the client gets the same however the body is
// cut; what is written of JSON is JSON; an error has something to read and is never called a bug.

#include <rapidjson/document.h>
#include <gomodel/testing/exchange.hpp>

#include <array>
#include <string>

#include "support/is_json.hpp"
#include "support/promise.hpp"
#include "support/split.hpp"
#include "support/target.hpp"

// The modules, each compiled with a name of its own for its one symbol.
#define GM_FUZZED(use)                                                                   \
    use(anthropic) use(azure) use(deepseek) use(echo) use(gemini) use(groq) use(minimax) \
        use(ollama) use(openai) use(openrouter) use(oracle) use(vllm) use(xai) use(zai)
#define GM_DECLARE(name) extern const gm_module_t gm_module_##name;
extern "C" {
GM_FUZZED(GM_DECLARE)
}

namespace gomodel::fuzz {
namespace {

using testing::ExchangeOptions;
using testing::Operation;
using testing::Response;
using testing::Transcript;

#define GM_ADDRESS(name) &gm_module_##name,
constexpr std::array kModules = {GM_FUZZED(GM_ADDRESS)};

constexpr const char* kConfig =
    R"({"api_key":"key","base_url":"https://up.example/v1","api_version":"2024-10-21",)"
    R"("default_max_tokens":4096})";
constexpr const char* kOneMoreRequest = "one more request than there are recorded answers";

// An instance of each, made once.
class Subjects {
public:
    Subjects() {
        for (std::size_t i = 0; i < kModules.size(); ++i) {
            testing::FakeCall call;
            const gm_status_t status = plugin(i).create(
                host_.abi(), call.abi(), str(std::string_view(kConfig)), &selves_[i]);
            require(status == GM_OK, "a provider takes its configuration", call.message());
        }
    }
    ~Subjects() {
        for (std::size_t i = 0; i < kModules.size(); ++i)
            plugin(i).destroy(selves_[i]);
    }

    bool can(std::size_t i, std::uint32_t kind) const { return (plugin(i).flags & kind) != 0; }
    Transcript run(std::size_t i, const Operation& op, const Response& answer,
                   ExchangeOptions options) const {
        return testing::run_exchange(*static_cast<const gm_provider_t*>(plugin(i).vtable),
                                     selves_[i], op, {answer}, options);
    }

private:
    static const gm_plugin_t& plugin(std::size_t i) { return *kModules[i]->plugins[0]; }

    testing::FakeHost host_;
    std::array<void*, kModules.size()> selves_{};
};

struct Asked {
    std::uint32_t kind;
    bool stream;
    const char* body;
};
constexpr std::array kAsked = {
    Asked{GM_CAN_CHAT, false, R"({"model":"m","messages":[{"role":"user","content":"hi"}]})"},
    Asked{GM_CAN_CHAT, true,
          R"({"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,)"
          R"("stream_options":{"include_usage":true}})"},
    Asked{GM_CAN_EMBED, false, R"({"model":"m","input":["a","b"],"encoding_format":"base64"})"},
    Asked{GM_CAN_EMBED, false, R"({"model":"m","input":"a"})"},
    Asked{GM_CAN_LIST_MODELS, false, ""},
    Asked{GM_CAN_RESPONSES, false, R"({"model":"m","input":"hi"})"},
    Asked{GM_CAN_RESPONSES, true, R"({"model":"m","input":"hi","stream":true})"},
    Asked{GM_CAN_PASSTHROUGH, false, R"({"a":1})"},
};
constexpr std::array<std::uint32_t, 8> kStatuses = {200, 200, 200, 201, 400, 401, 429, 503};

Operation operation(const Asked& asked) {
    Operation op;
    op.kind = asked.kind;
    op.stream = asked.stream;
    op.model = "m";
    op.body = asked.body;
    if (asked.kind == GM_CAN_PASSTHROUGH) {
        op.method = "POST";
        op.path = "things";
    }
    return op;
}

bool all_json(std::string_view body, bool stream) {
    if (!stream) return is_json(body);
    bool json = true;
    SseReader reader;
    reader.feed(
        body,
        [&json](const SseEvent& event) { json = json && (!event.has_data || is_json(event.data)); },
        [](auto) {});
    return json;
}

void check_sound(const Transcript& seen, bool was_json) {
    for (const std::string& violation : seen.violations)
        require(violation == kOneMoreRequest, "the contract is kept", violation);
    require(seen.status != GM_INTERNAL, "an answer gone astray is no bug", seen.message);
    require(seen.status == GM_OK || !seen.message.empty(), "a refusal has a reason");
    const std::string error = seen.error_body();
    require(error.empty() || is_json(error), "an error is JSON", error);
    if (!was_json) return;
    require(seen.body().empty() || is_json(seen.body()), "an answer becomes JSON", seen.body());
    for (const std::string& chunk : seen.chunks())
        require(is_json(chunk), "an event becomes JSON", chunk);
}

// All that the client would see of it.
std::string outcome(const Transcript& seen) {
    std::string text = std::to_string(seen.status) + ' ' + seen.message + '\n' + seen.relayed +
                       '\n' + seen.body() + '\n' + seen.error_body() + '\n';
    for (const std::string& chunk : seen.chunks())
        text += chunk + '\n';
    for (const auto& request : seen.sent)
        text += request.method + ' ' + request.url + ' ' + request.body + '\n';
    return text + (seen.error ? "error " + seen.error->body : "");
}

void check(std::string_view text) {
    static const Subjects subjects;
    if (text.size() < 3) return;
    const auto picked = [text](std::size_t at, std::size_t of) {
        return static_cast<unsigned char>(text[at]) % of;
    };
    const std::size_t provider = picked(0, kModules.size());
    const Asked& asked = kAsked[picked(1, kAsked.size())];
    if (!subjects.can(provider, asked.kind)) return;
    const Operation op = operation(asked);
    const Response answer{
        kStatuses[picked(2, kStatuses.size())],
        {{"content-type", asked.stream ? "text/event-stream" : "application/json"},
         {"date", "Tue, 15 Nov 1994 08:12:31 GMT"}},
        std::string(text.substr(3))};
    const Transcript whole = subjects.run(provider, op, answer, {});
    check_sound(whole, all_json(answer.body, asked.stream));
    Choices choices(text);
    for (const std::size_t piece : {std::size_t{1}, choices.below(90) + 2}) {
        ExchangeOptions options;
        options.piece = piece;
        require_equal(outcome(subjects.run(provider, op, answer, options)), outcome(whole),
                      "the same however it is cut");
    }
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gomodel::fuzz::check(gomodel::fuzz::as_text(data, size));
    return 0;
}
