#include "rewrite.hpp"

#include <gomodel/error.hpp>
#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

namespace system_prompt {
namespace {

using gomodel::json::Node;
using gomodel::json::Out;

bool is_system(Node message) {
    return message["role"].equals("system") || message["role"].equals("developer");
}

void write_prompt(Out& out, std::string_view prompt) {
    out.begin_object().member("role", "system").member("content", prompt).end_object();
}

// The message with the prompt on a line of its own in front of what it says. It keeps its role.
void write_decorated(Out& out, std::string_view prompt, Node message) {
    std::string text = gomodel::json::quote(prompt);
    text.pop_back();
    if (!message["content"].escaped().empty()) text += "\\n";
    text += message["content"].escaped();
    text += '"';
    out.begin_object();
    out.raw_member("role", message["role"].raw()).raw_member("content", text);
    out.end_object();
}

}  // namespace

std::optional<std::string> rewrite(Mode mode, std::string_view prompt, std::string_view messages) {
    const gomodel::json::Tree tree(messages);
    if (!tree.root().is_array()) throw gomodel::Error(GM_INVALID, "messages: not a JSON array");
    bool there = false;
    for (const Node message : tree.root())
        there = there || is_system(message);
    if (there && mode == Mode::kInject) return std::nullopt;
    Out out;
    out.reserve(messages.size() + 2 * prompt.size());
    out.begin_array();
    bool said = !there || mode == Mode::kOverride;
    if (said) write_prompt(out, prompt);
    for (const Node message : tree.root()) {
        const bool system = is_system(message);
        if (system && mode == Mode::kOverride) continue;
        if (system && !said) {
            write_decorated(out, prompt, message);
            said = true;
        } else {
            out.raw(message.raw());
        }
    }
    out.end_array();
    return out.take();
}

}  // namespace system_prompt
