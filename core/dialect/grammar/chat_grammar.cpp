#include "dialect/grammar/chat_grammar.hpp"

namespace gomodel::dialect::grammar {

// What one chunk has. Views are into its data.
struct ChatGrammar::Chunk {
    std::string_view data;
    std::string_view id;
    std::string_view created;
    std::string_view model;
    std::string_view usage;  // an object, or empty
    bool has_choices = false;
    bool any_choice = false;
    bool failed = false;
    std::vector<DataEdit> edits;  // that give it the roles it lacks

    std::size_t offset(const char* at) const { return static_cast<std::size_t>(at - data.data()); }
};

// A part of a tool call.
struct ChatGrammar::Fragment {
    std::int64_t index = -1;
    std::string_view id;
    std::string_view name;
    std::string_view arguments;
    bool readable = true;
};

void ChatGrammar::take(const SseEvent& event, Findings& findings) {
    const bool done = event.data.starts_with("[DONE]");
    if (done_ || (failed_ && !done)) return findings.drop(Rule::kEventAfterEnd);
    if (done) return on_done(findings);
    on_chunk(event, findings);
}

void ChatGrammar::take_unseen(std::string_view) {
    started_ = true;
    blind_ = true;
}

void ChatGrammar::on_done(Findings& findings) {
    done_ = true;
    if (failed_ || blind_) return;
    if (!started_) findings.count(Rule::kMissingStart);
    for (const Choice& choice : choices_) {
        if (!choice.finished) findings.insert(Rule::kMissingFinish, finish_chunk(choice));
    }
}

std::string ChatGrammar::finish_chunk(const Choice& choice) const {
    std::string data = "{" + identity_ + R"("object":"chat.completion.chunk","choices":[{"index":)";
    data += std::to_string(choice.index);
    data += R"(,"delta":{},"finish_reason":)";
    data += choice.calls.empty() ? R"("stop"}]})" : R"("tool_calls"}]})";
    std::string event;
    append_sse(event, "", data);
    return event;
}

void ChatGrammar::on_chunk(const SseEvent& event, Findings& findings) {
    Chunk chunk;
    chunk.data = event.data;
    JsonCursor cursor(event.data);
    if (cursor.peek() != '{') {
        cursor.skip();
        return cursor.at_end() ? findings.count(Rule::kNotJson) : findings.end(Rule::kNotJson);
    }
    cursor.object([&](std::string_view key) {
        if (key == "choices" && cursor.peek() == '[') {
            chunk.has_choices = true;
            cursor.array([&] {
                if (cursor.peek() != '{') {
                    cursor.skip();
                    return;
                }
                chunk.any_choice = true;
                read_choice(cursor, chunk, findings);
            });
            return;
        }
        const std::string_view value = cursor.skip();
        if (key == "id") chunk.id = value;
        if (key == "created") chunk.created = value;
        if (key == "model") chunk.model = value;
        if (key == "error") chunk.failed = !says_nothing(value);
        if (key == "usage" && value.starts_with('{')) chunk.usage = value;
    });
    if (!cursor.at_end()) return findings.end(Rule::kNotJson);
    if (chunk.failed) {
        failed_ = true;
        return;
    }
    started_ = true;
    const bool known = chunk.has_choices || !chunk.usage.empty();
    if (!known) findings.count_own(Rule::kUnknownChunk);
    if (chunk.any_choice) remember(chunk);
    if (findings.own() && chunk.id != id_ && !id_.empty()) findings.count(Rule::kChangedId);
    if (!chunk.usage.empty()) check_usage(chunk, findings);
    if (!chunk.edits.empty()) {
        findings.instead(Rule::kMissingRole, edited(event, chunk.edits));
    }
}

void ChatGrammar::remember(const Chunk& chunk) {
    if (!identity_.empty()) return;
    id_ = chunk.id;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (value.empty() || identity_.size() + value.size() > kMaxIdentity) return;
        identity_.append("\"").append(name).append("\":").append(value).append(",");
    };
    identity_.reserve(chunk.id.size() + chunk.created.size() + chunk.model.size() + 32);
    add("id", chunk.id);
    add("created", chunk.created);
    add("model", chunk.model);
}

ChatGrammar::Choice* ChatGrammar::find(std::int64_t index) {
    for (Choice& choice : choices_) {
        if (choice.index == index) return &choice;
    }
    if (choices_.size() == kMaxChoices) return nullptr;
    Choice& choice = choices_.emplace_back();
    choice.index = index;
    return &choice;
}

// Its members come in any order: a delta in front of its index waits.
void ChatGrammar::read_choice(JsonCursor& cursor, Chunk& chunk, Findings& findings) {
    std::int64_t index = -1;
    Choice* choice = nullptr;
    std::string_view waiting;
    std::string_view reason;
    cursor.object([&](std::string_view key) {
        if (key == "index") {
            index = cursor.index_or_skip();
            if (index >= 0) choice = find(index);
        } else if (key == "delta" && cursor.peek() == '{') {
            if (choice != nullptr) {
                read_delta(cursor, *choice, chunk, findings);
            } else {
                waiting = cursor.skip();
            }
        } else if (key == "finish_reason") {
            reason = cursor.string_or_skip();
        } else {
            cursor.skip();
        }
    });
    if (!cursor.ok()) return;
    if (index < 0) findings.count(Rule::kMissingIndex);
    if (choice == nullptr) choice = find(index < 0 ? 0 : index);
    if (choice == nullptr) return;
    if (!waiting.empty()) {
        JsonCursor delta(waiting);
        read_delta(delta, *choice, chunk, findings);
    }
    if (!reason.empty()) finish(*choice, reason, findings);
}

void ChatGrammar::read_delta(JsonCursor& cursor, Choice& choice, Chunk& chunk, Findings& findings) {
    cursor.peek();
    const std::size_t start = chunk.offset(cursor.where());
    std::string_view role;  // raw
    bool any = false;       // member
    bool says = false;
    cursor.object([&](std::string_view key) {
        any = true;
        if (key == "role") {
            role = cursor.skip();
        } else if (key == "tool_calls" && cursor.peek() == '[') {
            cursor.array([&] {
                if (cursor.peek() != '{') {
                    cursor.skip();
                    return;
                }
                says = true;
                read_call(cursor, choice, findings);
            });
        } else {
            says = !says_nothing(cursor.skip()) || says;
        }
    });
    if (!cursor.ok()) return;
    if (says && choice.finished) findings.count(Rule::kContentAfterFinish);
    if (!says_nothing(role)) {
        if (choice.has_role) findings.count_own(Rule::kRepeatedRole);
        choice.has_role = true;
    } else if (says && !choice.has_role && !blind_) {
        choice.has_role = true;
        if (role.empty()) {
            chunk.edits.push_back({start + 1, 0, R"("role":"assistant",)"});
        } else {
            chunk.edits.push_back({chunk.offset(role.data()), role.size(), R"("assistant")"});
        }
    }
}

void ChatGrammar::read_call(JsonCursor& cursor, Choice& choice, Findings& findings) {
    if (cursor.peek() != '{') {
        cursor.skip();
        return;
    }
    Fragment fragment;
    const auto read_function = [&](std::string_view key) {
        if (key == "name") {
            fragment.name = cursor.string_or_skip();
        } else if (key == "arguments") {
            const char first = cursor.peek();
            fragment.readable = first == '"' || first == 'n';
            fragment.arguments = cursor.string_or_skip();
        } else {
            cursor.skip();
        }
    };
    cursor.object([&](std::string_view key) {
        if (key == "index") {
            fragment.index = cursor.index_or_skip();
        } else if (key == "id") {
            fragment.id = cursor.string_or_skip();
        } else if (key == "function" && cursor.peek() == '{') {
            cursor.object(read_function);
        } else {
            cursor.skip();
        }
    });
    if (cursor.ok()) add_call(fragment, choice, findings);
}

// Without an index a fragment with an id begins a call, and one without continues the last.
void ChatGrammar::add_call(const Fragment& fragment, Choice& choice, Findings& findings) {
    std::int64_t index = fragment.index;
    if (index < 0) {
        findings.count(Rule::kMissingIndex);
        const bool next = !fragment.id.empty() || choice.calls.empty();
        index = choice.calls.empty() ? 0 : choice.calls.back().index + (next ? 1 : 0);
    }
    Call* call = nullptr;
    for (Call& known : choice.calls) {
        if (known.index == index) call = &known;
    }
    if (call == nullptr) {
        if (choice.calls.size() == kMaxCalls) return;
        if (!blind_ && (fragment.id.empty() || fragment.name.empty())) {
            findings.count(Rule::kUnnamedToolCall);
        }
        call = &choice.calls.emplace_back();
        call->index = index;
        call->readable = !blind_;
    }
    if (!fragment.readable) call->readable = false;
    call->arguments.feed(fragment.arguments);
}

void ChatGrammar::finish(Choice& choice, std::string_view reason, Findings& findings) const {
    if (choice.finished) return findings.count_own(Rule::kRepeatedFinish);
    choice.finished = true;
    // Any other reason may have cut the answer short; vendors have their own.
    const bool whole = reason == "stop" || reason == "tool_calls" || reason == "function_call";
    if (blind_ || !whole) return;
    for (const Call& call : choice.calls) {
        if (call.readable && !call.arguments.whole()) findings.count(Rule::kIncompleteArguments);
    }
}

// Some servers tell the usage so far with every chunk; beside a choice that is their affair.
void ChatGrammar::check_usage(const Chunk& chunk, Findings& findings) {
    if (any_usage_) findings.count_own(Rule::kRepeatedUsage);
    any_usage_ = true;
    if (chunk.any_choice) return;
    if (usage_ == chunk.usage) return findings.drop(Rule::kRepeatedUsage);
    if (!usage_.empty()) findings.count(Rule::kRepeatedUsage);
    usage_ = chunk.usage;
}

}  // namespace gomodel::dialect::grammar
