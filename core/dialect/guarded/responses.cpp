#include "dialect/guarded/responses.hpp"

#include <gomodel/json_out.hpp>

#include <utility>

#include "dialect/guarded/members.hpp"
#include "dialect/guarded/text_parts.hpp"

namespace gomodel::dialect::guarded {
namespace {

using json::Node;
using json::Out;

// Where an entry is from.
struct ResponsesSlot {
    enum class Kind { kInstructions, kString, kItem };
    Kind kind = Kind::kItem;
    Node item = {};                 // the string, or the item
    const char* text = "content";   // the item's member that has the text; nullptr: none has
    std::vector<Node> unseen = {};  // items before it; never of a system message, which may go
};

struct ResponsesView {
    std::vector<Entry> entries;
    std::vector<ResponsesSlot> slots;  // of each entry
    std::vector<Node> unseen;          // items behind the last one that is seen

    bool is_input(std::size_t slot) const {
        return slot != kNew && slots[slot].kind != ResponsesSlot::Kind::kInstructions;
    }
};

bool is_call(Node item) {
    const Node type = item["type"];
    return type.equals("function_call") || type.equals("custom_tool_call");
}

bool is_call_output(Node item) {
    const Node type = item["type"];
    return type.equals("function_call_output") || type.equals("custom_tool_call_output");
}

bool is_message(Node item) {
    const Node type = item["type"];
    return type.missing() || type.equals("message") || item["role"];
}

[[noreturn]] void refuse_item(std::size_t index, const std::string& why) {
    throw Rejected("invalid responses input item: input[" + std::to_string(index) + "]" + why);
}

// An assistant's message that says nothing but calls a tool.
Entry call_entry(Node item) {
    Out out;
    const Node id = item["call_id"].missing() ? item["id"] : item["call_id"];
    out.begin_array().begin_object().key("id").escaped(id.escaped()).member("type", "function");
    out.key("function").begin_object().key("name").escaped(item["name"].escaped());
    const Node arguments = item["type"].equals("function_call") ? item["arguments"] : item["input"];
    out.key("arguments").escaped(arguments.escaped()).end_object().end_object().end_array();
    Entry entry;
    entry.role = "assistant";
    entry.content_null = true;
    entry.tool_calls = out.take();
    return entry;
}

void take_item(Node item, std::size_t index, ResponsesView& view) {
    if (!item.is_object()) refuse_item(index, " must be an object");
    sole(item, "type");
    ResponsesSlot slot;
    slot.item = item;
    Entry entry;
    if (is_call(item)) {
        slot.text = nullptr;
        entry = call_entry(item);
    } else if (is_call_output(item)) {
        slot.text = "output";
        entry.role = "tool";
        entry.content = text_of(sole(item, "output"));
        entry.tool_call_id = item["call_id"].escaped();
    } else if (is_message(item)) {
        const Node content = sole(item, "content");
        if (sole(item, "role").escaped().empty()) refuse_item(index, ".role is required");
        if (!content.missing() && !content.is_string() && !content.is_array()) {
            refuse_item(index, ".content must be a string or an array");
        }
        entry.role = item["role"].text();
        entry.content = text_of(content);
        entry.content_null = content.missing();
    } else {
        view.unseen.push_back(item);
        return;
    }
    if (!entry.is_system()) slot.unseen = std::exchange(view.unseen, {});
    view.entries.push_back(std::move(entry));
    view.slots.push_back(std::move(slot));
}

ResponsesView view_of(Node request) {
    ResponsesView view;
    const Node instructions = sole(request, "instructions");
    if (!instructions.escaped().empty()) {
        view.entries.push_back({"system", std::string(instructions.escaped())});
        view.slots.push_back({ResponsesSlot::Kind::kInstructions, instructions});
    }
    const Node input = sole(request, "input");
    if (input.is_string()) {
        view.entries.push_back({"user", std::string(input.escaped())});
        view.slots.push_back({ResponsesSlot::Kind::kString, input});
    }
    std::size_t index = 0;
    if (!input.is_array()) return view;
    for (const Node item : input)
        take_item(item, index++, view);
    return view;
}

std::string new_item(const Entry& entry) {
    Out out;
    out.begin_object().member("type", "message").member("role", entry.role);
    out.key("content").escaped(entry.content).end_object();
    return out.take();
}

std::string changed_item(const ResponsesSlot& slot, const Entry& was, const Entry& now) {
    std::string item(slot.item.raw());
    if (!same_text(was.content, now.content)) {
        if (slot.text == nullptr) {
            throw Rejected("invalid responses input item: a call of a tool has no text");
        }
        const std::string_view type = was.role == "assistant" ? "output_text" : "input_text";
        item =
            with_member(slot.item, slot.text, with_text(slot.item[slot.text], now.content, type));
    }
    if (was.role == now.role) return item;
    const json::Tree tree(item);
    return with_member(tree.root(), "role", json::quote(now.role));
}

[[noreturn]] void refuse_order(Misplaced how, bool string) {
    switch (how) {
        case Misplaced::kToolCalls:
            throw Rejected("guardrails cannot change tool calls");
        case Misplaced::kReordered:
            throw Rejected(string ? "guardrails cannot change the role of a string responses input"
                                  : "guardrails cannot reorder or retag responses input items");
        case Misplaced::kInserted:
        case Misplaced::kRemoved:
            break;
    }
    throw Rejected("guardrails cannot add or remove responses input items");
}

// What a request is to say: instructions, and behind `head` entries the input.
class ResponsesRewrite {
public:
    ResponsesRewrite(const ResponsesView& view, const std::vector<Entry>& after, bool string)
        : view_(view), after_(after), string_(string) {
        auto found = align(view.entries, after);
        if (const auto* const how = std::get_if<Misplaced>(&found)) refuse_order(*how, string);
        slots_ = std::move(std::get<std::vector<std::size_t>>(found));
        while (head_ < after.size() && after[head_].is_system() && !view.is_input(slots_[head_]))
            ++head_;
    }

    // Escaped; empty: none.
    std::string instructions() const {
        std::string text;
        for (std::size_t i = 0; i < head_; ++i) {
            if (i != 0) text += "\\n";
            text += after_[i].content;
        }
        return text;
    }

    // The JSON of the input; empty: it stays as it is.
    std::string input() const {
        if (same_input()) return {};
        if (string_ && after_.size() - head_ == 1) return '"' + after_[head_].content + '"';
        Out out;
        out.begin_array();
        for (std::size_t i = head_; i < after_.size(); ++i)
            write(i, out);
        for (const Node unseen : view_.unseen)
            out.raw(unseen.raw());
        return out.end_array().take();
    }

private:
    bool same_input() const {
        std::size_t next = 0;
        while (next < view_.slots.size() && !view_.is_input(next))
            ++next;
        for (std::size_t i = head_; i < after_.size(); ++i, ++next) {
            const bool same = slots_[i] == next && after_[i].role == view_.entries[next].role &&
                              same_text(after_[i].content, view_.entries[next].content);
            if (!same) return false;
        }
        return next == view_.slots.size();
    }

    void write(std::size_t i, Out& out) const {
        const std::size_t slot = slots_[i];
        if (!view_.is_input(slot)) {
            out.raw(new_item(after_[i]));
            return;
        }
        for (const Node unseen : view_.slots[slot].unseen)
            out.raw(unseen.raw());
        if (view_.slots[slot].kind == ResponsesSlot::Kind::kString) {
            out.raw(new_item(after_[i]));
        } else {
            out.raw(changed_item(view_.slots[slot], view_.entries[slot], after_[i]));
        }
    }

    const ResponsesView& view_;
    const std::vector<Entry>& after_;
    const bool string_;
    std::vector<std::size_t> slots_;
    std::size_t head_ = 0;
};

}  // namespace

std::vector<Entry> responses_entries(Node request) {
    return view_of(request).entries;
}

std::vector<Edit> responses_edits(Node request, std::string_view body,
                                  const std::vector<Entry>& after) {
    const ResponsesView view = view_of(request);
    const ResponsesRewrite rewrite(view, after, request["input"].is_string());
    std::vector<Edit> edits;
    std::string input = rewrite.input();
    if (!input.empty()) set_member(request, body, "input", std::move(input), edits);
    const std::string instructions = rewrite.instructions();
    if (same_text(instructions, request["instructions"].escaped())) return edits;
    if (instructions.empty()) {
        drop_member(request, body, "instructions", edits);
    } else {
        set_member(request, body, "instructions", '"' + instructions + '"', edits);
    }
    return edits;
}

}  // namespace gomodel::dialect::guarded
