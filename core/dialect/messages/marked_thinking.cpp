#include "dialect/messages/marked_thinking.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include "dialect/messages/thinking_mark.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;

bool is_marked(Node block) {
    const Node type = block["type"];
    if (type.equals("thinking")) return block["signature"].text().starts_with(kThinkingMark);
    return type.equals("redacted_thinking") && block["data"].text().starts_with(kThinkingMark);
}

}  // namespace

std::vector<Edit> without_marked_thinking(std::string_view request) {
    std::vector<Edit> edits;
    if (request.find(kThinkingMark) == std::string_view::npos) return edits;
    const json::Tree tree(request);
    for (const Node message : tree.root()["messages"]) {
        const Node content = message["content"];
        if (!content.is_array()) continue;
        bool marked = false;
        json::Out kept;
        kept.begin_array();
        for (const Node block : content) {
            if (is_marked(block)) {
                marked = true;
            } else {
                kept.raw(block.raw());
            }
        }
        if (!marked) continue;
        const auto offset = static_cast<std::size_t>(content.raw().data() - request.data());
        edits.push_back({offset, content.raw().size(), kept.end_array().text()});
    }
    return edits;
}

}  // namespace gomodel::dialect::messages
