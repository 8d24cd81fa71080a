#include "conversation.hpp"

#include <gomodel/json.hpp>

#include <array>
#include <cstdint>

namespace xai {
namespace {

namespace json = gomodel::json;

// FNV-1a, 64 bits.
class Hash {
public:
    explicit Hash(std::uint64_t seed) : value_(0xCBF29CE484222325 ^ seed) {}

    // `json`: one JSON value or nothing.
    void add(std::string_view json) {
        bool in_string = false;
        bool escaped = false;
        for (const char c : json) {
            const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
            if (in_string || !space) mix(static_cast<unsigned char>(c));
            if (c == '"' && !escaped) in_string = !in_string;
            escaped = c == '\\' && !escaped;
        }
        mix(0);  // no byte of JSON text, so it tells where a part ends
    }

    void append_to(std::string& out) const {
        constexpr std::string_view kHex = "0123456789abcdef";
        for (int shift = 60; shift >= 0; shift -= 4)
            out += kHex[value_ >> shift & 15];
    }

private:
    void mix(std::uint64_t byte) { value_ = (value_ ^ byte) * 0x100000001B3; }

    std::uint64_t value_;
};

}  // namespace

std::string conversation_id(std::string_view body) {
    constexpr std::array kMembers = {"model", "tools", "tool_choice", "parallel_tool_calls",
                                     "reasoning"};
    std::array hashes = {Hash(0), Hash(0x9E3779B97F4A7C15)};
    const auto add = [&hashes](std::string_view part) {
        for (Hash& hash : hashes)
            hash.add(part);
    };
    for (const char* const name : kMembers)
        add(json::find(body, name).value_or(""));
    json::Array messages(json::find(body, "messages").value_or(""));
    for (int i = 0; i < 2; ++i)
        add(messages.next().value_or(""));
    std::string id = "gomodel-";
    for (const Hash& hash : hashes)
        hash.append_to(id);
    return id;
}

}  // namespace xai
