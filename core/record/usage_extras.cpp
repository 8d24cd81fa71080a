#include "record/usage_extras.hpp"

#include <gomodel/json_tree.hpp>

#include <algorithm>
#include <array>

namespace gomodel::record {
namespace {

constexpr std::array<std::string_view, 5> kCounts = {
    "prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "total_tokens"};

struct Details {
    std::string_view member;
    std::string_view prefix;
};
constexpr std::array<Details, 4> kDetails = {{
    {"prompt_tokens_details", "prompt_"},
    {"input_tokens_details", "prompt_"},
    {"completion_tokens_details", "completion_"},
    {"output_tokens_details", "completion_"},
}};
// These say what they are of by themselves.
constexpr std::array<std::string_view, 2> kUnprefixed = {"cache_read_input_tokens",
                                                         "cache_creation_input_tokens"};

template <typename List>
bool contains(const List& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool has(const UsageExtras& extras, std::string_view name) {
    return std::any_of(extras.begin(), extras.end(),
                       [&](const UsageExtra& extra) { return extra.name == name; });
}

double count_of(const json::Node& value) {
    return value.is_number() ? std::max(0.0, value.number().value_or(0)) : 0;
}

void add_details(const json::Node& details, std::string_view prefix, UsageExtras& extras) {
    if (!details.is_object()) return;
    for (const json::Node detail : details) {
        const double count = count_of(detail);
        if (count <= 0) continue;
        std::string name(contains(kUnprefixed, detail.name()) ? std::string_view() : prefix);
        name += detail.name();
        if (!has(extras, name)) extras.push_back({name, std::string(detail.raw()), count});
    }
}

}  // namespace

UsageExtras usage_extras(std::string_view usage, bool stream) {
    UsageExtras extras;
    const json::Tree tree(usage);
    if (!tree.root().is_object()) return extras;
    for (const json::Node member : tree.root()) {
        const std::string_view name = member.name();
        const bool details =
            std::any_of(kDetails.begin(), kDetails.end(),
                        [&](const Details& known) { return known.member == name; });
        if (details || contains(kCounts, name) || has(extras, name)) continue;
        const double count = count_of(member);
        if (stream && count <= 0) continue;
        extras.push_back({std::string(name), json::compact(member.raw()), count});
    }
    for (const Details& known : kDetails)
        add_details(tree.root()[known.member], known.prefix, extras);
    return extras;
}

}  // namespace gomodel::record
