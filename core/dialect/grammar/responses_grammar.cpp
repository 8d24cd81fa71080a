#include "dialect/grammar/responses_grammar.hpp"

#include <algorithm>

#include "dialect/grammar/json_cursor.hpp"
#include "dialect/grammar/named_event.hpp"

namespace gomodel::dialect::grammar {

// What an event has. Views are into its data; strings stay as they are written.
struct ResponsesGrammar::Event {
    std::string_view type;
    std::int64_t sequence = -1;
    std::int64_t output_index = -1;
    std::int64_t content_index = -1;
    std::int64_t summary_index = -1;
    std::string_view item_id;
    std::string_view item;
    std::string_view response;
    std::string_view text;  // of `delta` or `arguments`
    bool whole = false;     // it is JSON
    bool object = false;
};

namespace {

// A string or number member of an object, raw; empty: it has none.
std::string_view member(std::string_view object, std::string_view name) {
    std::string_view found;
    JsonCursor cursor(object);
    cursor.object([&](std::string_view key) {
        const std::string_view value = cursor.skip();
        if (key == name) found = value;
    });
    return found;
}

bool ends_response(std::string_view type) {
    return type == "response.completed" || type == "response.incomplete" ||
           type == "response.failed" || type == "response.cancelled" || type == "response.done";
}

}  // namespace

ResponsesGrammar::Event ResponsesGrammar::read(std::string_view data) {
    Event event;
    JsonCursor cursor(data);
    event.object = cursor.peek() == '{';
    if (!event.object) cursor.skip();
    if (event.object) {
        cursor.object([&](std::string_view key) {
            if (key == "type") {
                event.type = cursor.string_or_skip();
            } else if (key == "delta" || key == "arguments") {
                event.text = cursor.string_or_skip();
            } else if (key == "sequence_number") {
                event.sequence = cursor.index_or_skip();
            } else if (key == "output_index") {
                event.output_index = cursor.index_or_skip();
            } else if (key == "content_index") {
                event.content_index = cursor.index_or_skip();
            } else if (key == "summary_index") {
                event.summary_index = cursor.index_or_skip();
            } else {
                const std::string_view value = cursor.skip();
                if (key == "item_id") event.item_id = value;
                if (key == "item") event.item = value;
                if (key == "response") event.response = value;
            }
        });
    }
    event.whole = cursor.at_end();
    return event;
}

void ResponsesGrammar::take(const SseEvent& event, Findings& findings) {
    if (event.data.starts_with("[DONE]")) return take_done(findings);
    if (ended_ && !failed_) return findings.drop(Rule::kEventAfterEnd);
    const Event read_event = read(event.data);
    if (!read_event.whole) return findings.end(Rule::kNotJson);
    if (!read_event.object) {
        if (event.name == "error") ended_ = failed_ = true;  // to SDKs, whatever its data is
        return findings.count(Rule::kNotJson);
    }
    const std::string_view type = type_of(event, read_event.type, findings);
    if (event.name.empty()) findings.count_own(Rule::kMissingEventName);
    const bool about_failure = type == "error" || type == "response.failed";
    if (done_ || (ended_ && !about_failure)) return findings.drop(Rule::kEventAfterEnd);
    check_sequence(read_event, findings);
    if (!started_ && !type.empty()) {
        started_ = true;
        if (type != "response.created" && type != "error") findings.count(Rule::kMissingStart);
    } else if (type == "response.created") {
        findings.count(Rule::kRepeatedStart);
    }
    take_known(read_event, type, findings);
}

void ResponsesGrammar::take_done(Findings& findings) {
    if (done_) return findings.drop(Rule::kEventAfterEnd);
    done_ = true;
    if (!ended_) findings.count(Rule::kMissingEnd);
    ended_ = true;
}

void ResponsesGrammar::take_known(const Event& event, std::string_view type, Findings& findings) {
    if (type == "error") {
        ended_ = failed_ = true;
        return;
    }
    constexpr std::string_view kPrefix = "response.";
    if (!type.starts_with(kPrefix)) return;
    if (ends_response(type)) return end(event, type, findings);
    const std::string_view name = type.substr(kPrefix.size());
    if (name == "output_text.delta" || name == "refusal.delta") {
        return delta(event, Scope::kContent, findings);
    }
    if (name == "reasoning_text.delta") {  // servers differ in the part that it is of
        return delta(event, findings.own() ? Scope::kContent : Scope::kItem, findings);
    }
    if (name == "function_call_arguments.delta") return argument_delta(event, findings);
    if (name == "reasoning_summary_text.delta") return delta(event, Scope::kSummary, findings);
    if (name == "custom_tool_call_input.delta" || name == "mcp_call_arguments.delta") {
        return delta(event, Scope::kItem, findings);
    }
    if (name == "output_item.added") return add_item(event, findings);
    if (name == "output_item.done") return end_item(event, findings);
    if (name == "content_part.added") return add_part(event, Scope::kContent, findings);
    if (name == "content_part.done") return end_part(event, Scope::kContent, findings);
    if (name == "reasoning_summary_part.added") return add_part(event, Scope::kSummary, findings);
    if (name == "reasoning_summary_part.done") return end_part(event, Scope::kSummary, findings);
    if (name == "function_call_arguments.done") return arguments_done(event, findings);
}

void ResponsesGrammar::take_unseen(std::string_view type) {
    started_ = true;
    if (ends_response(type) || type == "error") ended_ = true;
    if (type == "response.failed" || type == "error") failed_ = true;
    if (type.ends_with(".added") || type.empty()) blind_ = true;
}

void ResponsesGrammar::check_sequence(const Event& event, Findings& findings) {
    if (event.sequence < 0) {
        if (sequenced_) findings.count(Rule::kMissingSequence);
        return findings.count_own(Rule::kMissingSequence);
    }
    if (sequenced_ && event.sequence <= sequence_) findings.count(Rule::kSequenceNotIncreasing);
    sequenced_ = true;
    sequence_ = event.sequence;
}

ResponsesGrammar::Item* ResponsesGrammar::find(std::int64_t index) {
    const auto found = std::find_if(items_.rbegin(), items_.rend(),
                                    [&](const Item& item) { return item.index == index; });
    return found == items_.rend() ? nullptr : &*found;
}

// The item that an event belongs to; null: unknown, which has been noted.
ResponsesGrammar::Item* ResponsesGrammar::item_of(const Event& event, Findings& findings) {
    if (event.output_index < 0) {
        findings.count(Rule::kMissingIndex);
        return nullptr;
    }
    Item* const item = find(event.output_index);
    if (item == nullptr) {
        if (!blind_) findings.count(Rule::kDeltaWithoutItem);
        return nullptr;
    }
    if (!item->open) findings.count(Rule::kDeltaAfterItem);
    const bool other = !event.item_id.empty() && event.item_id != item->id;
    if (findings.own() && other) findings.count(Rule::kWrongItemId);
    return item;
}

void ResponsesGrammar::add_item(const Event& event, Findings& findings) {
    if (event.output_index < 0) {
        blind_ = true;
        return findings.count(Rule::kMissingIndex);
    }
    if (!blind_ && find(event.output_index) != nullptr) findings.count(Rule::kRepeatedItem);
    if (items_.size() == kMaxItems) {
        blind_ = true;
        return;
    }
    Item& item = items_.emplace_back();
    item.index = event.output_index;
    if (findings.own()) item.id = member(event.item, "id");
}

void ResponsesGrammar::end_item(const Event& event, Findings& findings) {
    Item* const item = item_of(event, findings);
    if (item == nullptr) return;
    item->open = false;
    if (item->content.open != 0 || item->summary.open != 0) {
        findings.count_own(Rule::kItemNotDone);
    }
    if (item->any_arguments && !item->arguments.whole() &&
        member(event.item, "status") != "\"incomplete\"") {
        incomplete_ = true;
    }
}

void ResponsesGrammar::add_part(const Event& event, Scope scope, Findings& findings) {
    Item* const item = item_of(event, findings);
    if (item == nullptr) return;
    const bool content = scope == Scope::kContent;
    const std::int64_t index = content ? event.content_index : event.summary_index;
    if (index < 0) return findings.count(Rule::kMissingIndex);
    if (index >= kMaxParts) return;
    Parts& parts = content ? item->content : item->summary;
    const std::uint64_t bit = std::uint64_t{1} << index;
    parts.known |= bit;
    parts.open |= bit;
}

void ResponsesGrammar::end_part(const Event& event, Scope scope, Findings& findings) {
    Item* const item = item_of(event, findings);
    if (item == nullptr) return;
    const bool content = scope == Scope::kContent;
    const std::int64_t index = content ? event.content_index : event.summary_index;
    if (index < 0) return findings.count(Rule::kMissingIndex);
    if (index >= kMaxParts) return;
    Parts& parts = content ? item->content : item->summary;
    const std::uint64_t bit = std::uint64_t{1} << index;
    if ((parts.known & bit) == 0 && !blind_) findings.count(Rule::kDeltaWithoutPart);
    parts.open &= ~bit;
}

void ResponsesGrammar::delta(const Event& event, Scope scope, Findings& findings) {
    Item* const item = item_of(event, findings);
    if (item == nullptr || scope == Scope::kItem || blind_) return;
    const bool content = scope == Scope::kContent;
    const std::int64_t index = content ? event.content_index : event.summary_index;
    if (index < 0) return findings.count(Rule::kMissingIndex);
    if (index >= kMaxParts) return;
    const Parts& parts = content ? item->content : item->summary;
    const std::uint64_t bit = std::uint64_t{1} << index;
    if ((parts.known & bit) == 0) {
        findings.count(Rule::kDeltaWithoutPart);
    } else if ((parts.open & bit) == 0) {
        findings.count(Rule::kDeltaAfterPart);
    }
}

void ResponsesGrammar::argument_delta(const Event& event, Findings& findings) {
    Item* const item = item_of(event, findings);
    if (item == nullptr) return;
    item->any_arguments = true;
    item->arguments.feed(event.text);
}

// The whole arguments once more.
void ResponsesGrammar::arguments_done(const Event& event, Findings& findings) {
    Item* const item = item_of(event, findings);
    if (item == nullptr) return;
    item->any_arguments = true;
    item->arguments = JsonWatch();
    item->arguments.feed(event.text);
}

void ResponsesGrammar::end(const Event& event, std::string_view type, Findings& findings) {
    ended_ = true;
    failed_ = type == "response.failed";
    if (type != "response.completed") return;
    const bool open =
        std::any_of(items_.begin(), items_.end(), [](const Item& item) { return item.open; });
    if (open) findings.count(Rule::kItemNotDone);
    if (incomplete_) findings.count(Rule::kIncompleteArguments);
    // In a response of ours it may be null, for an upstream that did not tell.
    const std::string_view usage = member(event.response, "usage");
    const bool told = findings.own() ? !usage.empty() : usage.starts_with('{');
    if (!told) findings.count(Rule::kMissingUsage);
}

}  // namespace gomodel::dialect::grammar
