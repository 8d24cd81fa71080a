#include "gateway/recall/saved_answer.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>
#include <gomodel/sse.hpp>

#include "base/crc32c.hpp"

namespace gomodel::gateway::recall {
namespace {

using dialect::Endpoint;
using json::Node;

constexpr std::int64_t kFormat = 1;
constexpr std::string_view kDone = "[DONE]";

bool is_whole_json(Endpoint endpoint, std::string_view body) {
    const json::Tree tree(body);
    const Node answer = tree.root();
    if (!answer.is_object() || !answer["error"].missing()) return false;
    const Node status = answer["status"];
    return endpoint != Endpoint::kResponses || status.missing() || status.equals("completed") ||
           status.equals("incomplete");
}

// Reads a stream as a client of the endpoint's API would.
class StreamCheck {
public:
    explicit StreamCheck(Endpoint endpoint) : endpoint_(endpoint) {}

    bool run(std::string_view bytes) {
        SseReader reader(bytes.size());
        reader.feed(
            bytes, [this](const SseEvent& event) { take(event); },
            [this](std::string_view) { sound_ = false; });
        return sound_ && ended_ && payloads_ > 0 && !reader.inside_event() &&
               (endpoint_ != Endpoint::kResponses || finished_);
    }

private:
    void take(const SseEvent& event) {
        if (!event.has_data) return;
        if (ended_) {
            sound_ = false;  // something behind the end
        } else if (event.data == kDone) {
            ended_ = true;
        } else {
            take_payload(event.data);
        }
    }

    void take_payload(std::string_view data) {
        const json::Tree tree(data);
        const Node payload = tree.root();
        const Node type = payload["type"];
        const bool failed =
            !payload["error"].missing() || type.equals("error") || type.equals("response.failed");
        sound_ = sound_ && payload.is_object() && !failed;
        ++payloads_;
        if (endpoint_ == Endpoint::kMessages && type.equals("message_stop")) ended_ = true;
        if (type.equals("response.completed") || type.equals("response.incomplete"))
            finished_ = true;
    }

    const Endpoint endpoint_;
    bool sound_ = true;
    bool ended_ = false;
    bool finished_ = false;
    int payloads_ = 0;
};

}  // namespace

bool is_complete(Endpoint endpoint, const SavedAnswer& answer) {
    if (answer.body.empty()) return false;
    return answer.stream ? StreamCheck(endpoint).run(answer.body)
                         : is_whole_json(endpoint, answer.body);
}

// A line of JSON in front of the body.
std::string to_entry(const SavedAnswer& answer) {
    const dialect::TokenUsage& usage = answer.summary.usage;
    json::Out out;
    out.begin_object();
    out.number_member("gomodel", kFormat);
    out.raw_member("stream", answer.stream ? "true" : "false");
    out.number_member("size", static_cast<std::int64_t>(answer.body.size()));
    out.number_member("crc32c", std::int64_t{base::crc32c(answer.body)});
    out.member("id", answer.summary.id);
    out.member("model", answer.summary.model);
    if (usage.present) {
        out.key("usage").begin_object();
        out.number_member("prompt", usage.prompt);
        out.number_member("completion", usage.completion);
        out.number_member("total", usage.total);
        out.number_member("cached", usage.cached);
        out.number_member("reasoning", usage.reasoning);
        out.member("raw", usage.raw);
        out.end_object();
    }
    out.end_object();
    std::string entry = out.take();
    entry.reserve(entry.size() + 1 + answer.body.size());
    entry += '\n';
    entry += answer.body;
    return entry;
}

std::optional<SavedAnswer> from_entry(std::string entry) {
    const std::size_t end = entry.find('\n');
    if (end == std::string::npos) return std::nullopt;
    SavedAnswer answer;
    std::optional<std::int64_t> size;
    std::optional<std::int64_t> sum;
    {
        const json::Tree tree(std::string_view(entry).substr(0, end));
        const Node head = tree.root();
        if (head["gomodel"].integer() != kFormat) return std::nullopt;
        size = head["size"].integer();
        sum = head["crc32c"].integer();
        answer.stream = head["stream"].is_true();
        answer.summary.id = head["id"].text();
        answer.summary.model = head["model"].text();
        const Node usage = head["usage"];
        dialect::TokenUsage& into = answer.summary.usage;
        into.present = usage.is_object();
        into.prompt = usage["prompt"].integer().value_or(0);
        into.completion = usage["completion"].integer().value_or(0);
        into.total = usage["total"].integer().value_or(0);
        into.cached = usage["cached"].integer().value_or(0);
        into.reasoning = usage["reasoning"].integer().value_or(0);
        into.raw = usage["raw"].text();
    }
    entry.erase(0, end + 1);
    answer.body = std::move(entry);
    const bool whole = size == static_cast<std::int64_t>(answer.body.size()) &&
                       sum == std::int64_t{base::crc32c(answer.body)};
    if (!whole || answer.body.empty()) return std::nullopt;
    return answer;
}

}  // namespace gomodel::gateway::recall
