// How the rows of the key table name a member of Settings. Private to the table's files.
#pragma once

#include <span>
#include <type_traits>
#include <utility>

#include "config/keys.hpp"

namespace gomodel::config {

// The member at the end of a path of member pointers: settings.*a.*b.*c.
template <auto... kMembers>
auto& reach(Settings& settings) {
    return (settings.*....*kMembers);
}

template <auto... kMembers>
constexpr Choice choice(std::span<const Word> words) {
    using Value = std::remove_reference_t<decltype(reach<kMembers...>(std::declval<Settings&>()))>;
    return {words,
            [](Settings& settings) { return static_cast<int>(reach<kMembers...>(settings)); },
            [](Settings& settings, int value) {
                reach<kMembers...>(settings) = static_cast<Value>(value);
            }};
}

constexpr double kKiB = 1024;
constexpr double kMiB = 1024 * kKiB;

constexpr double nanoseconds(base::Duration duration) {
    return static_cast<double>(duration.count());
}

constexpr Range from_to(double min, double max) {
    return {min, max, false};
}
constexpr Range at_least(double min) {
    return {min, std::numeric_limits<double>::infinity(), false};
}
constexpr Range clamp_at_least(double min) {
    return {min, std::numeric_limits<double>::infinity(), true};
}

// The rows, a file a group.
std::span<const Key> server_keys();
std::span<const Key> cache_keys();
std::span<const Key> record_keys();
std::span<const Key> request_keys();

}  // namespace gomodel::config
