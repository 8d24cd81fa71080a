#include "dialect/guarded/chat.hpp"

#include <gomodel/json_out.hpp>

#include "dialect/guarded/members.hpp"
#include "dialect/guarded/text_parts.hpp"

namespace gomodel::dialect::guarded {
namespace {

using json::Node;
using json::Out;

Entry chat_entry(Node message, std::size_t index) {
    const Node content = sole(message, "content");
    if (!content.missing() && !content.is_string() && !content.is_array()) {
        throw Rejected("invalid chat message content");
    }
    Entry entry;
    entry.role = sole(message, "role").text();
    if (entry.role.empty()) {
        throw Rejected("messages[" + std::to_string(index) + "].role is required");
    }
    entry.content = text_of(content);
    entry.content_null = content.missing();
    const Node calls = message["tool_calls"];
    if (calls.is_array() && calls.size() != 0) entry.tool_calls = calls.raw();
    entry.tool_call_id = message["tool_call_id"].escaped();
    return entry;
}

std::string rewritten_message(Node message, const Entry& was, const Entry& now) {
    const bool renamed = was.role != now.role;  // of a system message
    if (same_text(was.content, now.content)) {
        if (!renamed) return std::string(message.raw());
        return with_member(message, "role", json::quote(now.role));
    }
    const std::string changed =
        with_member(message, "content", with_text(message["content"], now.content, "text"));
    if (!renamed) return changed;
    const json::Tree tree(changed);
    return with_member(tree.root(), "role", json::quote(now.role));
}

}  // namespace

std::vector<Entry> chat_entries(Node request) {
    std::vector<Entry> entries;
    for (const Node message : sole(request, "messages"))
        entries.push_back(chat_entry(message, entries.size()));
    return entries;
}

std::vector<Edit> chat_edits(Node request, std::string_view body, const std::vector<Entry>& after) {
    const std::vector<Entry> before = chat_entries(request);
    const std::vector<std::size_t> slots = aligned(before, after, "non-system chat messages");
    std::vector<Node> messages;
    for (const Node message : request["messages"])
        messages.push_back(message);
    bool same = before.size() == after.size();
    Out out;
    out.begin_array();
    for (std::size_t i = 0; i < after.size(); ++i) {
        const std::size_t slot = slots[i];
        if (slot == kNew) {
            out.begin_object().member("role", after[i].role);
            out.key("content").escaped(after[i].content).end_object();
            continue;
        }
        const std::string text = rewritten_message(messages[slot], before[slot], after[i]);
        same = same && slot == i && text == messages[slot].raw();
        out.raw(text);
    }
    out.end_array();
    std::vector<Edit> edits;
    if (!same) set_member(request, body, "messages", out.take(), edits);
    return edits;
}

}  // namespace gomodel::dialect::guarded
