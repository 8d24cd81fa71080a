#include "dialect/stream_filter.hpp"

#include <algorithm>
#include <cstring>

#include "dialect/json_walk.hpp"
#include "dialect/member_scanner.hpp"
#include "dialect/messages/error_body.hpp"
#include "dialect/usage_json.hpp"

namespace gomodel::dialect {
namespace {

constexpr std::string_view kDone = "[DONE]";
constexpr std::string_view kDoneEvent = "data: [DONE]\n\n";
constexpr std::string_view kStopEvent =
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

// True iff a member of this name with a value other than null occurs anywhere: a cheap test that
// lets almost every event of a stream go by unparsed. Inside a JSON string the quotes of
// `quoted_name` would be escaped.
bool has_member(std::string_view json, std::string_view quoted_name) {
    while (!json.empty()) {  // an empty view may be null, which memmem() may not be given
        const void* const found =
            ::memmem(json.data(), json.size(), quoted_name.data(), quoted_name.size());
        if (found == nullptr) return false;
        const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - json.data());
        json.remove_prefix(at + quoted_name.size());
        const std::size_t value = json.find_first_not_of(" \t:");
        if (value == std::string_view::npos) return false;
        if (!json.substr(value).starts_with("null")) return true;
    }
    return false;
}

bool is_null(Json::value value) {
    bool null = false;
    return value.is_null().get(null) == simdjson::SUCCESS && null;
}

bool is_empty(Json::value value) {
    if (is_null(value)) return true;
    Json::array array;
    bool empty = false;
    return value.get_array().get(array) == simdjson::SUCCESS &&
           array.is_empty().get(empty) == simdjson::SUCCESS && empty;
}

bool ends_responses(std::string_view type) {
    return type == "response.completed" || type == "response.incomplete" ||
           type == "response.failed" || type == "response.done" || type == "response.cancelled";
}

ApiError broken(grammar::Rule rule) {
    if (rule == grammar::Rule::kNotJson) {
        return provider_error(502, "an event of the upstream's stream is not a JSON object");
    }
    return provider_error(
        502, "the upstream's stream breaks the rule '" + std::string(to_string(rule)) + "'");
}

// The events of a message that are about the whole of it.
bool frames_message(std::string_view type) {
    return type == "message_start" || type == "message_delta" || type == "message_stop" ||
           type == "error";
}

}  // namespace

StreamFilter::StreamFilter(Endpoint endpoint, bool withhold_usage, grammar::Measure measure)
    : endpoint_(endpoint), withhold_usage_(withhold_usage), grammar_(endpoint, measure) {}

StreamFilter::~StreamFilter() = default;

void StreamFilter::feed(std::string_view bytes, std::vector<std::string_view>& out) {
    mended_.clear();
    reader_.feed(
        bytes, [&](const SseEvent& event) { on_event(event, out); },
        [&](std::string_view piece) { on_piece(piece, out); });
}

// Of an event that is too long to be held.
void StreamFilter::on_piece(std::string_view piece, std::vector<std::string_view>& out) {
    if (failure_.has_value()) return;
    if (large_ == nullptr) {
        large_ = std::make_unique<LargeEvent>(endpoint_);
        large_is_late_ = grammar_.ended();
        if (large_is_late_) grammar_.late();
        ++events_;
    }
    large_->feed(piece);
    if (!large_is_late_) pass(piece, out);
    if (reader_.inside_event()) return;
    if (!large_is_late_) on_large();
    large_.reset();
}

void StreamFilter::on_large() {
    grammar_.unseen(large_->type());
    if (endpoint_ == Endpoint::kMessages) return on_large_of_messages();
    if (endpoint_ == Endpoint::kResponses) {
        const std::string_view type = large_->type();
        if (type == "error") upstream_error_ = true;
        if (!ends_responses(type)) return;
        finished_ = true;
    }
    const TokenUsage usage = read_usage(large_->usage());
    if (!usage.present) return;
    usage_ = usage;
    model_ = text_between_quotes(large_->model());
    id_ = text_between_quotes(large_->id());
}

// Of its usage nothing is read: an event that has it is short.
void StreamFilter::on_large_of_messages() {
    const std::string_view type = large_->type();
    if (type == "error") upstream_error_ = true;
    if (type == "message_delta") finished_ = true;
}

// Events that follow each other in memory go out as one.
void StreamFilter::pass(std::string_view raw, std::vector<std::string_view>& out) {
    if (!out.empty() && out.back().data() + out.back().size() == raw.data()) {
        out.back() = {out.back().data(), out.back().size() + raw.size()};
    } else {
        out.push_back(raw);
    }
}

void StreamFilter::on_event(const SseEvent& event, std::vector<std::string_view>& out) {
    if (failure_.has_value()) return;
    if (!event.has_data) return pass(event.raw, out);
    using Fate = grammar::Verdict::Fate;
    const grammar::Verdict& verdict = grammar_.check(event);
    if (verdict.fate == Fate::kEnd) {
        failure_ = broken(verdict.rule);
        return;
    }
    const bool dropped = verdict.fate == Fate::kInstead && verdict.text.empty();
    if (dropped) return;
    account(event);
    if (!verdict.text.empty()) out.emplace_back(mended_.emplace_back(verdict.text));
    if (verdict.fate == Fate::kPass && pass_hidden(event, out)) return;
    if (verdict.fate == Fate::kPass && !(withhold_usage_ && only_usage_)) pass(event.raw, out);
}

// An error of the upstream's that repeats what is not to be shown.
bool StreamFilter::pass_hidden(const SseEvent& event, std::vector<std::string_view>& out) {
    const bool tells_error = upstream_error_ || event.name == "response.failed";
    if (hidden_ == nullptr || !tells_error) return false;
    std::string raw(event.raw);
    if (!hidden_->hide(raw)) return false;
    out.emplace_back(mended_.emplace_back(std::move(raw)));
    return true;
}

void StreamFilter::account(const SseEvent& event) {
    ++events_;
    only_usage_ = false;
    if (endpoint_ == Endpoint::kMessages) {
        on_messages(event);
    } else if (event.data.starts_with(kDone)) {
        done_ = true;
    } else if (endpoint_ == Endpoint::kResponses) {
        on_responses(event);
    } else {
        on_chat(event.data);
    }
}

void StreamFilter::on_chat(std::string_view data) {
    if (has_member(data, "\"finish_reason\"")) finished_ = true;
    const bool error = has_member(data, "\"error\"");
    if (!error && !has_member(data, "\"usage\"")) return;
    TokenUsage usage;
    std::string model;
    std::string id;
    bool failed = false;
    bool choices = false;
    const bool whole = JsonText(data).members([&](std::string_view key, Json::value value) {
        if (key == "usage") return read_usage(value, usage);
        if (key == "error") failed = !is_null(value);
        if (key == "model") model = text_of(value);
        if (key == "id") id = text_of(value);
        if (key == "choices") choices = !is_empty(value);
        return true;
    });
    if (!whole) return;
    // One that says nothing, as an empty object, is none to the grammar.
    if (failed && grammar_.ended()) upstream_error_ = true;
    if (!usage.present) return;
    usage_ = std::move(usage);
    model_ = std::move(model);
    id_ = std::move(id);
    only_usage_ = !choices;
}

void StreamFilter::on_responses(const SseEvent& event) {
    if (event.name == "error") upstream_error_ = true;
    // The last events of a stream repeat the whole response; only those are worth parsing.
    const bool may_end = event.name.empty() || ends_responses(event.name);
    if (!may_end) return;
    TokenUsage usage;
    std::string type;
    std::string model;
    std::string id;
    const auto take_response = [&](std::string_view key, Json::value value) {
        if (key == "usage") return read_usage(value, usage);
        if (key == "model") model = text_of(value);
        if (key == "id") id = text_of(value);
        return true;
    };
    const bool whole = JsonText(event.data).members([&](std::string_view key, Json::value value) {
        if (key == "type") type = text_of(value);
        Json::object response;
        const bool has_response =
            key == "response" && value.get_object().get(response) == simdjson::SUCCESS;
        return !has_response || JsonText::each_member(response, take_response);
    });
    if (!whole) return;
    if (type == "error") upstream_error_ = true;
    if (!ends_responses(type)) return;
    finished_ = true;
    if (!model.empty()) model_ = std::move(model);
    if (!id.empty()) id_ = std::move(id);
    if (usage.present) usage_ = std::move(usage);
}

void StreamFilter::on_messages(const SseEvent& event) {
    if (!event.name.empty() && !frames_message(event.name)) return;
    if (event.name == "error") upstream_error_ = true;
    UsageMembers counts = counts_ == nullptr ? UsageMembers() : *counts_;
    bool counted = false;
    bool stopped = false;
    std::string type;
    std::string model;
    std::string id;
    const auto take_message = [&](std::string_view key, Json::value value) {
        if (key == "usage") return take_usage(value, counts, counted);
        if (key == "model") model = text_of(value);
        if (key == "id") id = text_of(value);
        return true;
    };
    const auto take_delta = [&](std::string_view key, Json::value value) {
        if (key == "stop_reason") stopped = !is_null(value);
        return true;
    };
    const bool whole = JsonText(event.data).members([&](std::string_view key, Json::value value) {
        if (key == "usage") return take_usage(value, counts, counted);
        if (key == "type") type = text_of(value);
        Json::object inner;
        const bool nested = key == "message" || key == "delta";
        if (!nested || value.get_object().get(inner) != simdjson::SUCCESS) return true;
        return key == "message" ? JsonText::each_member(inner, take_message)
                                : JsonText::each_member(inner, take_delta);
    });
    if (!whole) return;
    if (type == "error") upstream_error_ = true;
    if (type == "message_stop") done_ = true;
    if (type == "message_delta" && stopped) finished_ = true;
    if (!model.empty()) model_ = std::move(model);
    if (!id.empty()) id_ = std::move(id);
    if (!counted) return;
    usage_ = counts.usage();
    counts_ = std::make_unique<UsageMembers>(counts);
    only_prompt_counted_ = type == "message_start";
}

bool StreamFilter::finish(std::vector<std::string_view>& out) {
    mended_.clear();
    // An event that only lacks its blank line still counts; half of one does not.
    if (reader_.inside_event() && !reader_.pending().empty()) {
        const bool line_open = !reader_.pending().ends_with('\n');
        reader_.feed(
            line_open ? "\n\n" : "\n",
            [&](const SseEvent& event) {
                MemberScanner scanner({"", ""});
                scanner.feed(event.data);
                if (event.data.starts_with(kDone) || scanner.whole_object()) on_event(event, out);
            },
            [](std::string_view) {});
    }
    if (failure_.has_value()) return false;
    // The grammar goes by the data of an event whose name says something else.
    const bool ended = grammar_.ended();
    if (done_ || upstream_error_ || (ended && endpoint_ != Endpoint::kResponses)) return true;
    finished_ = finished_ || ended;
    if (!finished_ || !adds_end_) grammar_.close(finished_);
    if (!finished_) return false;
    SseReader().feed(
        endpoint_ == Endpoint::kMessages ? kStopEvent : kDoneEvent,
        [&](const SseEvent& event) { on_event(event, out); }, [](std::string_view) {});
    return true;
}

std::string StreamFilter::error_event(const ApiError& error) const {
    std::string event;
    if (endpoint_ == Endpoint::kMessages) {
        messages::append_error_event(error, event);
        return event;
    }
    const std::string body = to_json(error);
    if (endpoint_ != Endpoint::kResponses) {
        append_sse(event, "", body);
        return event;
    }
    // The `error` event of the Responses API has the members itself; "error" is what SDKs look for.
    std::string data = R"({"type":"error","code":)";
    data += error.code.has_value() ? json_quoted(*error.code) : "null";
    data += ",\"message\":" + json_quoted(error.message) + ",\"param\":null,\"sequence_number\":";
    const auto next = static_cast<std::uint64_t>(grammar_.next_sequence());
    data += std::to_string(std::max(events_, next));
    data += "," + body.substr(1);
    append_sse(event, "error", data);
    return event;
}

}  // namespace gomodel::dialect
