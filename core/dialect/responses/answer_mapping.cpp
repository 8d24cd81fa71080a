#include "dialect/responses/answer_mapping.hpp"

namespace gomodel::dialect::responses {
namespace {

using json::Node;
using json::Out;

class Items {
public:
    Items(const ResponseHead& head, std::vector<Item>& items) : head_(head), items_(items) {}

    void read(Node message) {
        add_reasoning(message);
        const Node calls = message["tool_calls"];
        add_message(message, calls.size() == 0 && items_.empty());
        for (const Node call : calls)
            add_call(call);
    }

private:
    Item& add(Item::Kind kind, std::string_view prefix) {
        Item& item = items_.emplace_back();
        item.kind = kind;
        item.id.append(prefix).append(head_.mark.id).append("_");
        item.id.append(std::to_string(items_.size() - 1));
        return item;
    }

    void add_reasoning(Node message) {
        const Node reasoning = reasoning_of(message);
        const Node blocks = message["thinking_blocks"];
        if (!reasoning && blocks.size() == 0) return;
        Item& item = add(Item::Kind::kReasoning, "rs_");
        item.text = std::string(reasoning.escaped());
        if (blocks.is_array() && blocks.size() != 0) item.thinking = json::compact(blocks.raw());
    }

    // wanted: even if it says nothing.
    void add_message(Node message, bool wanted) {
        const std::string text = content_of(message["content"]);
        const std::string_view refusal = message["refusal"].escaped();
        if (text.empty() && refusal.empty() && !wanted) return;
        Item& item = add(Item::Kind::kMessage, "msg_");
        if (!text.empty() || refusal.empty()) {
            item.parts.push_back({false, text, annotations_of(message)});
        }
        if (!refusal.empty()) item.parts.push_back({true, std::string(refusal), {}});
    }

    void add_call(Node call) {
        Item& item = add(Item::Kind::kCall, "call_");
        const std::string_view id = call["id"].escaped();
        item.call_id = id.empty() ? item.id : std::string(id);
        const Node function = call["function"];
        name_call(head_.tools, function["name"].escaped(), item);
        item.id = (item.custom ? "ctc_" : "fc_") + item.call_id;
        item.text = escaped_of(function["arguments"]);
        if (item.custom) item.text = custom_input(item.text);
    }

    const ResponseHead& head_;
    std::vector<Item>& items_;
};

}  // namespace

std::variant<std::string, ApiError> map_answer(Node completion, const ResponseHead& head) {
    const Node choices = completion["choices"];
    const Node choice = choices.size() == 0 ? Node() : *choices.begin();
    if (!choice["message"].is_object()) {
        return provider_error(502,
                              "the upstream's answer is no chat completion: it has no message");
    }
    Response response;
    read_head(completion, response);
    response.usage = usage_of(completion["usage"]);
    Items(head, response.items).read(choice["message"]);
    conclude(choice["finish_reason"].escaped(), response);
    Out out;
    write_response(head, response, response.status, out);
    return out.text();
}

}  // namespace gomodel::dialect::responses
