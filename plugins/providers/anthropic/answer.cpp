#include "anthropic/answer.hpp"

#include <vector>

#include "anthropic/finish.hpp"
#include "anthropic/usage.hpp"

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

constexpr std::string_view kBlankLine = "\\n\\n";  // escaped

// What a message's blocks say, sorted. Text is escaped.
struct Said {
    std::string text;  // behind the last thinking
    std::string reasoning;
    std::vector<ThoughtBlock> thoughts;
    std::vector<Node> calls;
};

void add_thought(Node block, std::int64_t index, Said& said) {
    ThoughtBlock thought;
    thought.index = index;
    thought.redacted = block["type"].equals("redacted_thinking");
    thought.text = block[thought.redacted ? "data" : "thinking"].escaped();
    thought.signature = block["signature"].escaped();
    if (!thought.redacted && !thought.text.empty()) {
        if (!said.reasoning.empty()) said.reasoning += kBlankLine;
        said.reasoning += thought.text;
    }
    said.thoughts.push_back(std::move(thought));
    said.text.clear();
}

Said read_blocks(Node content) {
    Said said;
    std::int64_t index = 0;
    for (const Node block : content) {
        const Node type = block["type"];
        if (type.equals("text")) {
            if (!said.text.empty() && !continues_text(block)) said.text += kBlankLine;
            said.text += block["text"].escaped();
        } else if (type.equals("thinking") || type.equals("redacted_thinking")) {
            add_thought(block, index, said);
        } else if (type.equals("tool_use") && !block["name"].escaped().empty()) {
            said.calls.push_back(block);
        }
        ++index;
    }
    return said;
}

void write_call(Node block, Out& out) {
    const Node input = block["input"];
    out.begin_object().key("id").escaped(block["id"].escaped()).member("type", "function");
    out.key("function").begin_object().raw_member("name", block["name"].raw());
    out.member("arguments", input.missing() ? "{}" : gomodel::json::compact(input.raw()));
    out.end_object().end_object();
}

void write_message(const Said& said, Out& out) {
    out.begin_object().member("role", "assistant").key("content");
    if (said.text.empty() && !said.calls.empty()) {
        out.raw("null");
    } else {
        out.escaped(said.text);
    }
    out.raw_member("refusal", "null");
    if (!said.reasoning.empty()) out.key("reasoning_content").escaped(said.reasoning);
    if (!said.thoughts.empty()) {
        out.key("thinking_blocks").begin_array();
        for (const ThoughtBlock& thought : said.thoughts)
            write_thought(thought, out);
        out.end_array();
    }
    if (!said.calls.empty()) {
        out.key("tool_calls").begin_array();
        for (const Node call : said.calls)
            write_call(call, out);
        out.end_array();
    }
    out.end_object();
}

}  // namespace

void write_thought(const ThoughtBlock& block, Out& out) {
    out.begin_object().number_member("index", block.index);
    out.member("type", block.redacted ? "redacted_thinking" : "thinking");
    out.key(block.redacted ? "data" : "thinking").escaped(block.text);
    if (!block.redacted) out.key("signature").escaped(block.signature);
    out.end_object();
}

bool continues_text(Node text_block) {
    return text_block["citations"].is_array();
}

Translated translate_answer(std::string_view body, std::string_view model, std::int64_t created) {
    const gomodel::json::Tree tree(body);
    const Node root = tree.root();
    if (root["error"].is_object()) return {error_json(root["error"]), true};
    if (!root["content"].is_array()) {
        return {error_json("the upstream's answer is not a message"), true};
    }
    const Said said = read_blocks(root["content"]);
    Usage usage;
    usage.take(root["usage"]);

    Out out;
    out.begin_object().key("id").escaped(root["id"].escaped());
    out.member("object", "chat.completion").number_member("created", created).key("model");
    if (root["model"].escaped().empty()) {
        out.string(model);
    } else {
        out.raw(root["model"].raw());
    }
    out.member("provider", "anthropic");
    out.key("choices").begin_array().begin_object().number_member("index", 0).key("message");
    write_message(said, out);
    out.raw_member("logprobs", "null");
    out.key("finish_reason").escaped(finish_reason(root["stop_reason"]));
    out.end_object().end_array().key("usage");
    usage.write(out);
    return {out.end_object().text(), false};
}

}  // namespace anthropic
