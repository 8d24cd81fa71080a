#include "dialect/messages/thinking_blocks.hpp"

#include <gomodel/json_out.hpp>

namespace gomodel::dialect::messages {

using json::Node;
using json::Out;

void ThinkingBlocks::take(Node blocks) {
    if (!blocks.is_array()) return;
    for (const Node given : blocks) {
        const bool redacted = given["type"].equals("redacted_thinking");
        if (!redacted && !given["type"].equals("thinking")) continue;
        const bool continues = !redacted && !blocks_.empty() && !blocks_.back().redacted &&
                               blocks_.back().signature.empty() &&
                               blocks_.back().index == given["index"].raw();
        Block& block = continues ? blocks_.back() : blocks_.emplace_back();
        block.redacted = redacted;
        block.index = std::string(given["index"].raw());
        block.text += given[redacted ? "data" : "thinking"].escaped();
        block.signature += given["signature"].escaped();
    }
}

std::string ThinkingBlocks::json() const {
    Out out;
    out.begin_array();
    for (const Block& block : blocks_) {
        out.begin_object();
        if (!block.index.empty()) out.raw_member("index", block.index);
        out.member("type", block.redacted ? "redacted_thinking" : "thinking");
        out.key(block.redacted ? "data" : "thinking").escaped(block.text);
        if (!block.redacted) out.key("signature").escaped(block.signature);
        out.end_object();
    }
    return out.end_array().text();
}

}  // namespace gomodel::dialect::messages
