#include "anthropic/request/messages.hpp"

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include "anthropic/request/assistant.hpp"
#include "anthropic/request/place.hpp"

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

bool is_system(Node message) {
    return message["role"].equals("system") || message["role"].equals("developer");
}

// What the system messages say, gathered: one string, unless a cache marker needs a block.
class SystemText {
public:
    void add(Node message, const Place& place) {
        const Node content = message["content"];
        const Node marker = cache_marker(message, place);
        if (content.is_string()) {
            add_text(std::string(content.escaped()), marker);
        } else if (content.is_array()) {
            add_parts(content, marker, Place(place, "content"));
        } else if (!content.missing()) {
            Place(place, "content").refuse("must be a string or an array of text parts");
        }
    }

    void add_text(std::string escaped, Node marker) {
        if (escaped.empty()) return;
        marked_ = marked_ || marker;
        texts_.push_back({std::move(escaped), marker});
    }

    void write(Out& out) const {
        if (texts_.empty()) return;
        out.key("system");
        if (marked_) {
            out.begin_array();
            for (const Text& text : texts_)
                append_text_block(text.escaped, text.marker, out);
            out.end_array();
            return;
        }
        std::string joined;
        for (const Text& text : texts_) {
            if (!joined.empty()) joined += "\\n\\n";
            joined += text.escaped;
        }
        out.escaped(joined);
    }

private:
    struct Text {
        std::string escaped;
        Node marker;
    };

    void add_parts(Node parts, Node message_marker, const Place& place) {
        std::vector<Text> texts;
        bool marked = false;
        std::size_t index = 0;
        for (const Node part : parts) {
            const Place part_place(place, index++);
            const Node type = part["type"];
            if (!type.equals("text") && !type.equals("input_text")) {
                Place(part_place, "type").refuse("system messages hold text only");
            }
            const Node text = part["text"];
            if (!text.is_string()) Place(part_place, "text").refuse("must be a string");
            const Node marker = cache_marker(part, part_place);
            marked = marked || marker;
            if (!text.escaped().empty()) texts.push_back({std::string(text.escaped()), marker});
        }
        if (marked) {
            for (Text& text : texts)
                add_text(std::move(text.escaped), text.marker);
            return;
        }
        std::string joined;
        for (const Text& text : texts) {
            if (!joined.empty()) joined += ' ';
            joined += text.escaped;
        }
        add_text(std::move(joined), message_marker);
    }

    std::vector<Text> texts_;
    bool marked_ = false;
};

void write_user(Node message, const Place& place, ContentRules& rules, Out& out) {
    const Node content = message["content"];
    const Node marker = cache_marker(message, place);
    out.begin_object().member("role", "user").key("content");
    if (content.is_string() && marker && !content.escaped().empty()) {
        out.begin_array();
        append_text_block(content.escaped(), marker, out);
        out.end_array();
    } else if (content.is_string()) {
        out.raw(content.raw());
    } else {
        Out blocks;
        blocks.begin_array();
        append_blocks(content, Place(place, "content"), rules, blocks);
        blocks.end_array();
        out.raw(blocks.text() == "[]" ? std::string_view("\"\"") : blocks.text());
    }
    out.end_object();
}

using CallIds = std::unordered_set<std::string>;

void note_calls(Node message, CallIds& made) {
    for (const Node call : message["tool_calls"])
        made.insert(call["id"].text());
}

// One block of the user turn that answers tool calls.
void append_result(Node message, const Place& place, const CallIds& made, ContentRules& rules,
                   Out& out) {
    const Node id = message["tool_call_id"];
    const Place id_place(place, "tool_call_id");
    if (!id.is_string() || id.blank()) id_place.refuse("must be the id of a tool call");
    if (made.count(id.text()) == 0) {
        id_place.refuse("no assistant message before it makes the call " + std::string(id.raw()));
    }
    const Node content = message["content"];
    const Place content_place(place, "content");
    out.begin_object().member("type", "tool_result").member("tool_use_id", tool_id(id));
    out.key("content");
    if (content.is_string()) {
        out.raw(content.raw());
    } else if (content.missing()) {
        out.string("");
    } else {
        Out blocks;
        blocks.begin_array();
        append_blocks(content, content_place, rules, blocks);
        blocks.end_array();
        out.raw(blocks.text() == "[]" ? std::string_view("\"\"") : blocks.text());
    }
    if (message["is_error"].is_true()) out.raw_member("is_error", "true");
    write_cache_marker(cache_marker(message, place), out);
    out.end_object();
}

// Writes the turns; the results of tools that follow each other are one.
class Turns {
public:
    Turns(ContentRules& rules, Out& out) : rules_(rules), out_(out) {}

    void add(Node message, const Place& place) {
        const Node role = message["role"];
        if (role.equals("tool")) {
            if (!in_results_)
                out_.begin_object().member("role", "user").key("content").begin_array();
            in_results_ = true;
            append_result(message, place, made_, rules_, out_);
            return;
        }
        finish();
        if (role.equals("user")) {
            write_user(message, place, rules_, out_);
        } else if (role.equals("assistant")) {
            note_calls(message, made_);
            write_assistant(message, place, rules_, out_);
        } else {
            Place(place, "role")
                .refuse("must be system, developer, user, assistant or tool" +
                        (role ? ", not " + std::string(role.raw()) : std::string()));
        }
    }

    void finish() {
        if (in_results_) out_.end_array().end_object();
        in_results_ = false;
    }

private:
    ContentRules& rules_;
    Out& out_;
    CallIds made_;
    bool in_results_ = false;
};

}  // namespace

ConversationFacts look_at(Node messages) {
    ConversationFacts facts;
    bool calling = false;  // the last turn so far is the assistant's calls and their results
    bool thought = false;
    for (const Node message : messages) {
        if (is_system(message) || message["role"].equals("tool")) continue;
        calling = message["tool_calls"].size() > 0;
        thought = calling && has_thinking(message);
        facts.calls_tools = facts.calls_tools || calling;
    }
    facts.thinking_lost = calling && !thought;
    return facts;
}

void write_conversation(Node messages, std::string_view instruction, ContentRules& rules,
                        Out& out) {
    const Place place("messages");
    if (!messages.is_array()) place.refuse("must be an array");
    SystemText system;
    out.key("messages").begin_array();
    Turns turns(rules, out);
    std::size_t index = 0;
    for (const Node message : messages) {
        const Place message_place(place, index++);
        if (!message.is_object()) message_place.refuse("must be an object");
        if (is_system(message)) {
            system.add(message, message_place);
        } else {
            turns.add(message, message_place);
        }
    }
    turns.finish();
    out.end_array();
    system.add_text(std::string(instruction), {});
    system.write(out);
}

}  // namespace anthropic
