#include "gateway/recall/cache_key.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/sha256.hpp"

namespace gomodel::gateway::recall {
namespace {

using json::Node;

// A string, given with its quotes, so that it looks the same however it was escaped. One that says
// nothing in Unicode stays as it is.
std::string canonical_string(std::string_view quoted) {
    if (quoted.find('\\') == std::string_view::npos) return std::string(quoted);
    constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
    const auto plain = json::unquote(quoted);
    if (!plain || plain->find(kReplacement) != std::string::npos) return std::string(quoted);
    std::string text;
    json::append_quoted(text, *plain);
    return text;
}

using Member = std::pair<std::string, Node>;

// Those of an object in order of name; of one name in the order they came.
std::vector<Member> members_of(Node object) {
    std::vector<Member> members;
    for (const Node member : object) {
        const std::string_view name = member.name();
        members.emplace_back(canonical_string({name.data() - 1, name.size() + 2}), member);
    }
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.first < b.first; });
    return members;
}

void append_members(std::string& out, const std::vector<Member>& members);

void append_canonical(std::string& out, Node value) {
    if (value.is_object()) {
        append_members(out, members_of(value));
    } else if (value.is_array()) {
        out += '[';
        for (const Node element : value) {
            append_canonical(out, element);
            out += ',';
        }
        out += ']';
    } else {
        out += value.is_string() ? canonical_string(value.raw()) : std::string(value.raw());
    }
}

void append_members(std::string& out, const std::vector<Member>& members) {
    out += '{';
    for (const auto& [name, value] : members) {
        out += name;
        out += ':';
        append_canonical(out, value);
        out += ',';
    }
    out += '}';
}

// What says nothing: options of a stream that is none, and the usage that comes anyway.
void append_stream_options(std::string& out, const Member& options, bool stream) {
    if (!stream || options.second.missing()) return;
    std::vector<Member> kept = members_of(options.second);
    std::erase_if(kept, [](const Member& member) {
        return member.first == "\"include_usage\"" && !member.second.is_true();
    });
    if (options.second.is_object() && kept.empty()) return;
    out += options.first;
    out += ':';
    options.second.is_object() ? append_members(out, kept) : append_canonical(out, options.second);
    out += ',';
}

void append_request(std::string& out, Node request, bool stream) {
    for (const Member& member : members_of(request)) {
        const auto& [name, value] = member;
        const bool told_otherwise =
            name == "\"model\"" || (name == "\"provider\"" && value.is_string());
        if (told_otherwise) continue;
        if (name == "\"stream\"" && !value.is_true()) continue;
        if (name == "\"stream_options\"") {
            append_stream_options(out, member, stream);
            continue;
        }
        out += name;
        out += ':';
        append_canonical(out, value);
        out += ',';
    }
}

}  // namespace

std::optional<std::string> cache_key(std::string_view prefix, const Question& question) {
    const json::Tree tree(question.body);
    const Node request = tree.root();
    if (!request.is_object()) return std::nullopt;
    if (request["background"].is_true() || !request["conversation"].missing()) return std::nullopt;
    std::string text;
    text.reserve(question.body.size() + 256);
    for (const std::string_view part :
         {question.path, std::string_view("translated"), question.provider_type, question.selector,
          question.variant}) {
        text += part;
        text += '\0';
    }
    append_request(text, request, question.stream);
    return std::string(prefix) + base::sha256_hex(text);
}

}  // namespace gomodel::gateway::recall
