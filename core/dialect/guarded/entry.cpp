#include "dialect/guarded/entry.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <optional>

namespace gomodel::dialect::guarded {
namespace {

using json::Node;
using json::Out;

void write_entry(const Entry& entry, Out& out) {
    out.begin_object().member("role", entry.role);
    out.key("content").escaped(entry.content);
    if (!entry.tool_calls.empty()) out.raw_member("tool_calls", entry.tool_calls);
    if (!entry.tool_call_id.empty()) out.key("tool_call_id").escaped(entry.tool_call_id);
    if (entry.content_null) out.raw_member("content_null", "true");
    out.end_object();
}

// A text: what is wrong with it.
std::string read_entry(Node message, Entry& entry) {
    if (!message.is_object()) return "is no object";
    entry.role = message["role"].text();
    if (entry.role.empty()) return "has no role";
    const Node content = message["content"];
    if (!content.missing() && !content.is_string()) return "has a content that is no text";
    entry.content = content.escaped();
    entry.content_null =
        entry.content.empty() && (content.missing() || message["content_null"].is_true());
    const Node calls = message["tool_calls"];
    if (!calls.missing() && !calls.is_array()) return "has tool_calls that are no list";
    if (calls.size() != 0) entry.tool_calls = calls.raw();
    const Node id = message["tool_call_id"];
    if (!id.missing() && !id.is_string()) return "has a tool_call_id that is no text";
    entry.tool_call_id = id.escaped();
    return {};
}

bool same_calls(const std::string& a, const std::string& b) {
    return a == b || json::compact(a) == json::compact(b);
}

// Pairs the system messages from the tail.
void pair_system(const std::vector<Entry>& before, const std::vector<Entry>& after,
                 std::vector<std::size_t>& slots) {
    std::size_t left = before.size();
    for (std::size_t i = after.size(); i-- > 0;) {
        if (!after[i].is_system()) continue;
        while (left > 0 && !before[left - 1].is_system())
            --left;
        if (left == 0) return;
        slots[i] = --left;
    }
}

}  // namespace

std::string to_json(const std::vector<Entry>& entries) {
    Out out;
    out.begin_array();
    for (const Entry& entry : entries)
        write_entry(entry, out);
    out.end_array();
    return out.take();
}

std::variant<std::vector<Entry>, std::string> read_entries(std::string_view json) {
    const json::Tree tree(json);
    if (!tree.root().is_array()) return "is no JSON array";
    std::vector<Entry> entries;
    for (const Node message : tree.root()) {
        std::string fault = read_entry(message, entries.emplace_back());
        if (fault.empty()) continue;
        return "[" + std::to_string(entries.size() - 1) + "] " + fault;
    }
    return entries;
}

bool same_text(std::string_view escaped, std::string_view other) {
    if (escaped == other) return true;
    const auto plain = [](std::string_view text) {
        return json::unquote('"' + std::string(text) + '"');
    };
    const std::optional<std::string> one = plain(escaped);
    return one.has_value() && one == plain(other);
}

std::variant<std::vector<std::size_t>, Misplaced> align(const std::vector<Entry>& before,
                                                        const std::vector<Entry>& after) {
    std::vector<std::size_t> slots(after.size(), kNew);
    std::size_t next = 0;
    const auto skip_system = [&] {
        while (next < before.size() && before[next].is_system())
            ++next;
    };
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (after[i].is_system()) continue;
        skip_system();
        if (next == before.size()) return Misplaced::kInserted;
        const Entry& was = before[next];
        if (was.role != after[i].role || !same_text(was.tool_call_id, after[i].tool_call_id)) {
            return Misplaced::kReordered;
        }
        if (!same_calls(was.tool_calls, after[i].tool_calls)) return Misplaced::kToolCalls;
        slots[i] = next++;
    }
    skip_system();
    if (next != before.size()) return Misplaced::kRemoved;
    pair_system(before, after, slots);
    return slots;
}

std::vector<std::size_t> aligned(const std::vector<Entry>& before, const std::vector<Entry>& after,
                                 const std::string& what) {
    auto found = align(before, after);
    if (auto* const slots = std::get_if<std::vector<std::size_t>>(&found)) return std::move(*slots);
    switch (std::get<Misplaced>(found)) {
        case Misplaced::kInserted:
            throw Rejected("guardrails cannot insert " + what);
        case Misplaced::kReordered:
            throw Rejected("guardrails cannot reorder " + what);
        case Misplaced::kRemoved:
            throw Rejected("guardrails cannot add or remove " + what);
        case Misplaced::kToolCalls:
            break;
    }
    throw Rejected("guardrails cannot change tool calls");
}

}  // namespace gomodel::dialect::guarded
