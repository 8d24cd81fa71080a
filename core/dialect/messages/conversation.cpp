#include "dialect/messages/conversation.hpp"

#include <string>
#include <unordered_set>

#include "dialect/messages/assistant_turn.hpp"
#include "dialect/messages/user_content.hpp"
#include "dialect/refusal.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;
using json::Out;

class Conversation {
public:
    Conversation(std::string_view source, Out& out) : source_(source), out_(out) {}

    void add_system(Node content, const std::string& place) {
        if (content.missing()) return;
        const std::string text = system_text(content, place);
        if (text.empty()) return;
        out_.begin_object().member("role", "system").key("content").escaped(text).end_object();
    }

    void add(Node message, const std::string& place) {
        if (!message.is_object()) throw Refusal(place, "must be an object");
        const Node role = message["role"];
        const Node content = message["content"];
        const std::string content_place = place + ".content";
        if (role.equals("user")) {
            add_user(content, content_place);
        } else if (role.equals("assistant")) {
            AssistantTurn turn(source_);
            turn.read(content, content_place);
            turn.write(out_);
            called_.insert(turn.call_ids().begin(), turn.call_ids().end());
        } else if (role.equals("system")) {
            add_system(content, content_place);
        } else {
            throw Refusal(place + ".role", "must be \"user\", \"assistant\" or \"system\"");
        }
    }

private:
    void add_user(Node content, const std::string& place) {
        if (content.missing()) throw Refusal(place, "is required");
        Parts said;
        bool answers = false;  // calls
        if (content.is_array()) {
            // The results of one turn's calls have to follow each other and the calls.
            std::size_t index = 0;
            for (const Node block : content) {
                const std::string at = element(place, index++);
                if (!block["type"].equals("tool_result")) continue;
                answers = true;
                add_result(block, at, said);
            }
            index = 0;
            for (const Node block : content) {
                const std::string at = element(place, index++);
                if (!block["type"].equals("tool_result")) said.add(block, at);
            }
        } else {
            said.add_all(content, place);
        }
        if (answers && said.empty()) return;
        out_.begin_object().member("role", "user").raw_member("content", said.json()).end_object();
    }

    // others: gets what a tool's message cannot carry.
    void add_result(Node block, const std::string& place, Parts& others) {
        const Node id = block["tool_use_id"];
        if (!id.is_string() || id.blank()) throw Refusal(place + ".tool_use_id", "is required");
        if (called_.count(std::string(id.escaped())) == 0) {
            throw Refusal(place + ".tool_use_id",
                          "no tool_use block before it has the id \"" + id.text() + "\"");
        }
        Parts parts;
        parts.add_all(block["content"], place + ".content");
        std::string text = parts.text();
        // Chat has no other way to say so.
        if (block["is_error"].is_true()) text = text.empty() ? "Error" : "Error: " + text;
        out_.begin_object().member("role", "tool").raw_member("tool_call_id", id.raw());
        out_.key("content").escaped(text).end_object();
        others.add_others(parts);
    }

    const std::string_view source_;
    Out& out_;
    std::unordered_set<std::string> called_;  // ids of calls, escaped
};

}  // namespace

void write_conversation(Node request, std::string_view source, Out& out) {
    const Node messages = request["messages"];
    if (!messages.is_array()) throw Refusal("messages", "must be an array");
    if (messages.size() == 0) throw Refusal("messages", "at least one message is required");
    out.key("messages").begin_array();
    Conversation conversation(source, out);
    conversation.add_system(request["system"], "system");
    std::size_t index = 0;
    for (const Node message : messages)
        conversation.add(message, element("messages", index++));
    out.end_array();
}

}  // namespace gomodel::dialect::messages
