#include "dialect/chat_answer.hpp"

namespace gomodel::dialect {

using json::Node;

Node reasoning_of(Node message) {
    const Node content = message["reasoning_content"];
    if (!content.escaped().empty()) return content;
    const Node reasoning = message["reasoning"];
    return reasoning.escaped().empty() ? Node() : reasoning;
}

std::string escaped_of(Node value) {
    if (value.is_string()) return std::string(value.escaped());
    if (value.missing()) return {};
    const std::string quoted = json::quote(json::compact(value.raw()));
    return quoted.substr(1, quoted.size() - 2);
}

std::string content_of(Node content) {
    if (content.is_string()) return std::string(content.escaped());
    std::string text;
    for (const Node part : content)
        text += part["text"].escaped();
    return text;
}

void ChatCall::take(Node fragment) {
    if (id.empty()) id = std::string(fragment["id"].escaped());
    if (name.empty()) name = std::string(fragment["function"]["name"].escaped());
}

}  // namespace gomodel::dialect
