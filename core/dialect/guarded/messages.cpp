#include "dialect/guarded/messages.hpp"

#include <gomodel/json_out.hpp>

#include "dialect/guarded/members.hpp"
#include "dialect/guarded/text_parts.hpp"

namespace gomodel::dialect::guarded {
namespace {

using json::Node;
using json::Out;

constexpr std::size_t kPrompt = ~std::size_t{0};  // no turn: the system prompt

// Where an entry is from.
struct TurnSlot {
    std::size_t turn = kPrompt;
    Node result = {};  // the tool_result; absent: the text of the turn itself
};

struct TurnView {
    std::vector<Entry> entries;
    std::vector<TurnSlot> slots;  // of each entry
};

bool is_result(Node block) {
    return sole(block, "type").equals("tool_result");
}

void check_content(Node content) {
    if (content.missing() || content.is_string() || content.is_array()) return;
    throw Rejected("invalid message content");
}

std::string calls_of(Node content) {
    if (!content.is_array()) return {};
    Out out;
    out.begin_array();
    for (const Node block : content) {
        if (!block["type"].equals("tool_use")) continue;
        out.begin_object().key("id").escaped(block["id"].escaped()).member("type", "function");
        out.key("function").begin_object().key("name").escaped(block["name"].escaped());
        out.member("arguments", block["input"].raw()).end_object().end_object();
    }
    out.end_array();
    return out.text() == "[]" ? std::string() : out.take();
}

// True iff there is more in a turn than the results of tools.
bool says_itself(Node content) {
    if (!content.is_array() || content.size() == 0) return true;
    for (const Node block : content) {
        if (!is_result(block)) return true;
    }
    return false;
}

void take_turn(Node message, std::size_t turn, TurnView& view) {
    const Node content = sole(message, "content");
    if (sole(message, "role").escaped().empty()) {
        throw Rejected("messages[" + std::to_string(turn) + "].role is required");
    }
    check_content(content);
    if (content.is_array()) {
        for (const Node block : content) {
            if (!is_result(block)) continue;
            const Node given = sole(block, "content");
            check_content(given);
            Entry entry;
            entry.role = "tool";
            entry.content = text_of(given);
            entry.tool_call_id = block["tool_use_id"].escaped();
            view.entries.push_back(std::move(entry));
            view.slots.push_back({turn, block});
        }
    }
    if (!says_itself(content)) return;
    Entry entry;
    entry.role = message["role"].text();
    entry.content = text_of(content);
    entry.content_null = content.missing();
    entry.tool_calls = calls_of(content);
    view.entries.push_back(std::move(entry));
    view.slots.push_back({turn});
}

TurnView turns_of(Node request) {
    TurnView view;
    const Node system = sole(request, "system");
    check_content(system);
    std::string prompt = text_of(system);
    if (!prompt.empty()) {
        view.entries.push_back({"system", std::move(prompt)});
        view.slots.emplace_back();
    }
    std::size_t turn = 0;
    for (const Node message : sole(request, "messages"))
        take_turn(message, turn++, view);
    return view;
}

class TurnRewrite {
public:
    TurnRewrite(const TurnView& view, const std::vector<Entry>& after)
        : view_(view), after_(after), of_slot_(view.slots.size(), kNew) {
        const std::vector<std::size_t> slots = aligned(view.entries, after, "non-system messages");
        for (std::size_t i = 0; i < after.size(); ++i) {
            if (slots[i] != kNew) of_slot_[slots[i]] = i;
            const bool prompt = slots[i] == kNew || view.slots[slots[i]].turn == kPrompt;
            if (!prompt) continue;
            if (prompted_) prompt_ += "\\n";
            prompt_ += after[i].content;
            prompted_ = true;
        }
    }

    const std::string& prompt() const { return prompt_; }  // escaped; empty: none

    // The JSON of the messages; empty: they stay as they are.
    std::string messages(Node request) const {
        bool same = true;
        Out out;
        out.begin_array();
        std::size_t slot = !view_.slots.empty() && view_.slots[0].turn == kPrompt ? 1 : 0;
        std::size_t turn = 0;
        for (const Node message : request["messages"]) {
            const std::string text = changed_turn(message, turn++, slot);
            same = same && text == message.raw();
            if (!text.empty()) out.raw(text);
        }
        return same ? std::string() : out.end_array().take();
    }

private:
    // What an entry says now; nullptr: the same.
    const Entry* changed(std::size_t slot) const {
        const Entry& now = after_[of_slot_[slot]];
        return same_text(view_.entries[slot].content, now.content) ? nullptr : &now;
    }

    // Empty: a system message that is gone. `slot`: the turn's first; behind its last then.
    std::string changed_turn(Node message, std::size_t turn, std::size_t& slot) const {
        const Entry* text = nullptr;
        bool results = false;
        std::vector<std::pair<Node, const Entry*>> changed_results;
        bool gone = false;
        for (; slot < view_.slots.size() && view_.slots[slot].turn == turn; ++slot) {
            gone = of_slot_[slot] == kNew;
            if (gone) continue;
            const Entry* const now = changed(slot);
            if (!view_.slots[slot].result) {
                text = now;
            } else {
                changed_results.emplace_back(view_.slots[slot].result, now);
                results = results || now != nullptr;
            }
        }
        if (gone) return {};
        if (text == nullptr && !results) return std::string(message.raw());
        const OtherPart other = [&](Node block) { return changed_result(block, changed_results); };
        const Node content = message["content"];
        if (text != nullptr) {
            return with_member(message, "content",
                               with_text(content, text->content, "text", other));
        }
        Out out;
        out.begin_array();
        for (const Node block : content)
            out.raw(other(block));
        return with_member(message, "content", out.end_array().text());
    }

    static std::string changed_result(Node block,
                                      const std::vector<std::pair<Node, const Entry*>>& results) {
        for (const auto& [result, now] : results) {
            if (now == nullptr || result.raw().data() != block.raw().data()) continue;
            return with_member(block, "content", with_text(block["content"], now->content, "text"));
        }
        return std::string(block.raw());
    }

    const TurnView& view_;
    const std::vector<Entry>& after_;
    std::vector<std::size_t> of_slot_;  // which entry of `after_` each one is now; kNew: none
    std::string prompt_;
    bool prompted_ = false;
};

}  // namespace

std::vector<Entry> messages_entries(Node request) {
    return turns_of(request).entries;
}

std::vector<Edit> messages_edits(Node request, std::string_view body,
                                 const std::vector<Entry>& after) {
    const TurnView view = turns_of(request);
    const TurnRewrite rewrite(view, after);
    std::vector<Edit> edits;
    std::string messages = rewrite.messages(request);
    if (!messages.empty()) set_member(request, body, "messages", std::move(messages), edits);
    const Node system = request["system"];
    if (same_text(rewrite.prompt(), text_of(system))) return edits;
    if (rewrite.prompt().empty()) {
        drop_member(request, body, "system", edits);
    } else {
        set_member(request, body, "system", with_text(system, rewrite.prompt(), "text"), edits);
    }
    return edits;
}

}  // namespace gomodel::dialect::guarded
