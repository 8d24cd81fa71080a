#include "record/thread_links.hpp"

#include <algorithm>
#include <vector>

#include "base/sha256.hpp"

namespace gomodel::record {
namespace {

constexpr std::size_t kLinkDigits = 32;  // of a hash, in hex

// The members of a message that make it what it is, without what clients leave out or put in when
// they send an answer back.
std::string essence(json::Node message) {
    std::string text;
    for (const char* name : {"role", "content", "tool_call_id"}) {
        const json::Node member = message[name];
        if (!member.missing()) text.append(json::compact(member.raw()));
        text += '\n';
    }
    for (const json::Node call : message["tool_calls"])
        text.append(call["id"].raw()).append("\n");
    return text;
}

std::string hash(std::string_view whose, const std::vector<std::string>& messages,
                 std::size_t count) {
    std::string text(whose);
    for (std::size_t i = 0; i < count; ++i)
        text.append("\n").append(std::to_string(messages[i].size())).append(messages[i]);
    return base::sha256_hex(text).substr(0, kLinkDigits);
}

}  // namespace

ThreadLinks thread_links(json::Node request, std::string_view whose) {
    ThreadLinks links;
    std::vector<std::string> messages;
    std::size_t before = 0;  // how many come before the last run of answers
    bool answer = false;     // the message before is one
    for (const json::Node message : request["messages"]) {
        const bool is_answer = message["role"].equals("assistant");
        if (is_answer && !answer) before = messages.size();
        answer = is_answer;
        messages.push_back(essence(message));
    }
    if (messages.empty()) return links;
    links.self = hash(whose, messages, messages.size());
    if (before != 0) links.parent = hash(whose, messages, before);
    return links;
}

}  // namespace gomodel::record
