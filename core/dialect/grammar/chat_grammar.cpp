#include "dialect/grammar/chat_grammar.hpp"

namespace gomodel::dialect::grammar {
namespace {

constexpr std::string_view kAssistant = R"("assistant")";

}  // namespace

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
    std::vector<DataEdit> edits;

    std::size_t offset(const char* at) const { return static_cast<std::size_t>(at - data.data()); }
    // Puts a member in front of what an object has.
    void add(const char* brace, std::string member) {
        edits.push_back({offset(brace) + 1, 0, std::move(member)});
    }
    void replace(std::string_view value, std::string text) {
        edits.push_back({offset(value.data()), value.size(), std::move(text)});
    }
    void leave_out(std::string_view key, const char* value_end) {
        DataEdit cut = without_member(data, key, value_end);
        // What was added in front of an object's only member stands alone then.
        const bool only = cut.offset + cut.length == offset(value_end) && data[cut.offset] == '"';
        if (only && !edits.empty() && edits.back().text.ends_with(',')) {
            const std::size_t front = edits.back().offset;
            const bool beside = data.substr(front, cut.offset - front).find_first_not_of(kSpace) ==
                                std::string::npos;
            if (beside) edits.back().text.pop_back();
        }
        edits.push_back(std::move(cut));
    }
};

// Where the index of a choice or of a call is to be.
struct ChatGrammar::IndexPlace {
    const char* brace = nullptr;  // that opens the object
    bool any = false;             // member
    std::string_view wrong;       // the value, if it is no index

    std::int64_t read(JsonCursor& cursor) {
        const char* const start = cursor.where();
        const std::int64_t index = cursor.index_or_skip();
        if (index < 0) wrong = {start, static_cast<std::size_t>(cursor.where() - start)};
        return index;
    }
};

// A part of a tool call.
struct ChatGrammar::Fragment {
    std::int64_t index = -1;
    IndexPlace place;
    std::string_view id;
    std::string_view id_key;
    std::string_view name;
    std::string_view name_key;
    std::string_view arguments;
    bool readable = true;
    bool twice = false;  // id or name
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
    if (!started_) return findings.count(Rule::kMissingStart);
    for (const Choice& choice : choices_) {
        if (!choice.finished) findings.insert(Rule::kMissingFinish, finish_chunk(choice));
    }
    if (expects_usage_ && !any_usage_) findings.count(Rule::kMissingUsage);
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
    if (!chunk.edits.empty()) findings.change(edited(event, std::move(chunk.edits)));
}

void ChatGrammar::give_index(const IndexPlace& place, std::int64_t index, Chunk& chunk,
                             Findings& findings) {
    if (!place.any) return findings.count(Rule::kMissingIndex);
    findings.note(Rule::kMissingIndex, Action::kMended);
    std::string number = std::to_string(index);
    if (!place.wrong.empty()) return chunk.replace(place.wrong, std::move(number));
    chunk.add(place.brace, "\"index\":" + number + ",");
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
    IndexPlace place;
    place.brace = cursor.where();
    Choice* choice = nullptr;
    std::vector<std::string_view> waiting;
    std::string_view reason;
    cursor.object([&](std::string_view key) {
        place.any = true;
        if (key == "index") {
            index = place.read(cursor);
            if (index >= 0) choice = find(index);
        } else if (key == "delta" && cursor.peek() == '{') {
            if (choice != nullptr && waiting.empty()) {
                read_delta(cursor, *choice, chunk, findings);
            } else {
                waiting.push_back(cursor.skip());
            }
        } else if (key == "finish_reason") {
            reason = cursor.string_or_skip();
        } else {
            cursor.skip();
        }
    });
    if (!cursor.ok()) return;
    if (index < 0) give_index(place, choice == nullptr ? 0 : choice->index, chunk, findings);
    if (choice == nullptr) choice = find(index < 0 ? 0 : index);
    if (choice == nullptr) return;
    for (const std::string_view text : waiting) {
        JsonCursor delta(text);
        read_delta(delta, *choice, chunk, findings);
    }
    if (!reason.empty()) finish(*choice, reason, findings);
}

void ChatGrammar::read_delta(JsonCursor& cursor, Choice& choice, Chunk& chunk, Findings& findings) {
    cursor.peek();
    const char* const brace = cursor.where();
    std::string_view role;  // raw
    std::string_view role_key;
    bool twice = false;
    bool says = false;
    cursor.object([&](std::string_view key) {
        if (key == "role") {
            twice = !role_key.empty();
            role_key = key;
            role = cursor.skip();
        } else if (key == "tool_calls" && cursor.peek() == '[') {
            cursor.array([&] {
                if (cursor.peek() != '{') {
                    cursor.skip();
                    return;
                }
                says = true;
                read_call(cursor, choice, chunk, findings);
            });
        } else {
            says = !says_nothing(cursor.skip()) || says;
        }
    });
    if (!cursor.ok()) return;
    if (says && choice.finished) findings.count(Rule::kContentAfterFinish);
    if (!says_nothing(role)) {
        // Clients that put deltas together would put roles together, too.
        if (choice.has_role && role == kAssistant && !twice) {
            findings.note(Rule::kRepeatedRole, Action::kMended);
            chunk.leave_out(role_key, role.data() + role.size());
        }
        choice.has_role = true;
    } else if (says && !choice.has_role && !blind_) {
        choice.has_role = true;
        findings.note(Rule::kMissingRole, Action::kMended);
        if (role.empty()) {
            chunk.add(brace, R"("role":"assistant",)");
        } else {
            chunk.replace(role, std::string(kAssistant));
        }
    }
}

void ChatGrammar::read_call(JsonCursor& cursor, Choice& choice, Chunk& chunk, Findings& findings) {
    Fragment fragment;
    fragment.place.brace = cursor.where();
    const auto read_function = [&](std::string_view key) {
        if (key == "name") {
            fragment.twice = fragment.twice || !fragment.name_key.empty();
            fragment.name_key = key;
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
        fragment.place.any = true;
        if (key == "index") {
            fragment.index = fragment.place.read(cursor);
        } else if (key == "id") {
            fragment.twice = fragment.twice || !fragment.id_key.empty();
            fragment.id_key = key;
            fragment.id = cursor.string_or_skip();
        } else if (key == "function" && cursor.peek() == '{') {
            cursor.object(read_function);
        } else {
            cursor.skip();
        }
    });
    if (cursor.ok()) add_call(fragment, choice, chunk, findings);
}

// Without an index a fragment with an id begins a call, and one without continues the last.
void ChatGrammar::add_call(const Fragment& fragment, Choice& choice, Chunk& chunk,
                           Findings& findings) {
    std::int64_t index = fragment.index;
    if (index < 0) {
        const Call* const last = choice.calls.empty() ? nullptr : &choice.calls.back();
        const bool next = last != nullptr && !fragment.id.empty() && fragment.id != last->id;
        index = last == nullptr ? 0 : last->index + (next ? 1 : 0);
        give_index(fragment.place, index, chunk, findings);
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
        if (fragment.id.size() <= kMaxIdentity) call->id = fragment.id;
        if (fragment.name.size() <= kMaxIdentity) call->name = fragment.name;
    } else if (!fragment.twice) {
        leave_out_again(fragment.id_key, fragment.id, call->id, chunk, findings);
        leave_out_again(fragment.name_key, fragment.name, call->name, chunk, findings);
    }
    if (!fragment.readable) call->readable = false;
    call->arguments.feed(fragment.arguments);
}

// What a call is called, said again. Clients that put fragments together would double it.
void ChatGrammar::leave_out_again(std::string_view key, std::string_view value,
                                  std::string_view before, Chunk& chunk, Findings& findings) {
    if (value.empty() || value != before) return;
    findings.note(Rule::kRepeatedCallId, Action::kMended);
    chunk.leave_out(key, value.data() + value.size() + 1);
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
