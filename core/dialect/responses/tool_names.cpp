#include "dialect/responses/tool_names.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/crc32c.hpp"

namespace gomodel::dialect::responses {
namespace {

constexpr std::size_t kMaxName = 64;
constexpr std::uint32_t kMostTries =
    8;  // for a name; who needs more has made up tools that get the same
constexpr std::string_view kBetween = "__";

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

std::string key_of(const ToolName& tool) {
    return tool.space + '\0' + tool.name;
}

// A namespace may already end in what is between.
std::string qualified(const ToolName& tool) {
    std::string name = tool.space;
    if (!name.empty() && !name.ends_with(kBetween)) name += kBetween;
    name += tool.name;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !is_plain(c); }, '_');
    return name;
}

// Another name for the same tool, the same in every turn.
std::string marked(std::string name, std::uint32_t mark) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::size_t kMarkSize = 9;
    name.resize(std::min(name.size(), kMaxName - kMarkSize));
    name += '_';
    for (int shift = 28; shift >= 0; shift -= 4)
        name += kDigits[(mark >> shift) & 15];
    return name;
}

}  // namespace

bool ToolNames::add(const ToolName& tool) {
    const std::string key = key_of(tool);
    if (told_.count(key) != 0) return false;
    const std::string plain = qualified(tool);
    std::string name = plain;
    const std::uint32_t mark = base::crc32c(key);
    for (std::uint32_t tries = 0; name.size() > kMaxName || taken_.count(name) != 0; ++tries) {
        if (tries == kMostTries) return false;
        name = marked(plain, mark + tries);
    }
    taken_.insert(name);
    told_.emplace(key, name);
    if (!tool.space.empty()) {
        const auto [member, fresh] = members_.emplace(tool.name, name);
        if (!fresh) member->second.clear();
    }
    given_.emplace(std::move(name), tool);
    return true;
}

std::string ToolNames::chat_name(const ToolName& tool) const {
    const auto told = told_.find(key_of(tool));
    if (told != told_.end()) return told->second;
    if (tool.space.empty()) return tool.name;
    std::string name = qualified(tool);
    return name.size() <= kMaxName ? name : marked(name, base::crc32c(key_of(tool)));
}

const ToolName* ToolNames::find(std::string_view chat_name) const {
    auto given = given_.find(chat_name);
    if (given == given_.end() && taken_.count(chat_name) == 0) {
        // Some models leave the namespace out.
        const auto member = members_.find(std::string(chat_name));
        if (member != members_.end()) given = given_.find(member->second);
    }
    return given == given_.end() ? nullptr : &given->second;
}

}  // namespace gomodel::dialect::responses
