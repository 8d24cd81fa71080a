// Answers of upstreams, whose usage is read as they pass. Promises: what is found does not depend
// on how the bytes are cut; in every text that an independent parser accepts it is that parser's
// answer; and no number, however large, does harm.

#include "dialect/usage.hpp"

#include <map>

#include "dialect/member_scanner.hpp"
#include "support/json_members.hpp"
#include "support/promise.hpp"
#include "support/split.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using dialect::MemberScanner;

constexpr std::array<std::string_view, MemberScanner::kMembers> kNames = {"usage", "model", "id"};

std::string scanned(const Pieces& pieces) {
    MemberScanner scanner(kNames);
    for (const std::string& piece : pieces)
        scanner.feed(piece);
    if (scanner.broken()) return "broken";
    std::string found = scanner.whole_object() ? "whole" : "open";
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        found.append("\n").append(kNames[i]).append("=").append(scanner.value(i));
    }
    return found;
}

// The same, from what the independent parser found. Of a repeated member the last one counts.
std::string expected(const JsonMembers& members) {
    std::map<std::string_view, std::string_view> last;
    for (const JsonMember& member : members)
        last[member.key] = member.value;
    std::string found = "whole";
    for (const std::string_view name : kNames) {
        std::string_view value = last[name];
        if (value.size() > MemberScanner::kMaxValue) value = {};
        found.append("\n").append(name).append("=").append(value);
    }
    return found;
}

// The scanner compares keys as they are written.
bool any_escaped_key(const JsonMembers& members) {
    return std::any_of(members.begin(), members.end(), [](const JsonMember& member) {
        return member.raw_key.find('\\') != std::string_view::npos;
    });
}

void check_counts(std::string_view json) {
    const dialect::TokenUsage usage = dialect::read_usage(json);
    const bool object = json_members(json).has_value();
    require(usage.present || !object, "usage that is a JSON object is read", json);
    for (const std::int64_t count :
         {usage.prompt, usage.completion, usage.total, usage.cached, usage.reasoning}) {
        require(count >= 0, "a count of tokens is not negative", json);
    }
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gomodel::fuzz;
    const std::string_view text = as_text(data, size);
    const std::string whole = scanned({std::string(text)});
    for (const Pieces& pieces : ways_to_split(text)) {
        require_equal(scanned(pieces), whole, "the same members however an answer is cut");
    }
    const auto members = json_members(text);
    if (members.has_value() && !any_escaped_key(*members)) {
        require_equal(whole, expected(*members), "the members that an independent parser finds");
    }
    check_counts(text);
    return 0;
}
