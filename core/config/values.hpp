// Text to values and back, for both notations: YAML's and that of environment variables. Pure; any
// thread. nullopt means the text is not such a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace gomodel::config {

// YAML 1.1: true false yes no on off y n, any case.
std::optional<bool> parse_yaml_bool(std::string_view text);

struct EnvBool {
    bool value = false;
    bool certain = true;  // false: the text is no usual way to write a boolean
};
// True iff "true" in any case or "1".
EnvBool parse_env_bool(std::string_view text);

// A decimal integer with an optional sign.
std::optional<std::int64_t> parse_integer(std::string_view text);

// A decimal number; finite.
std::optional<double> parse_number(std::string_view text);

// Decimal numbers with units, largest or smallest first: "1m30s", "1.5h", "-500ms". Units: ns, us,
// µs, ms, s, m, h. A bare number has no unit and is none, 0 included.
std::optional<base::Duration> parse_duration(std::string_view text);

// The same way round: "1m30s", "1h0m0s", "500ms", "0s".
std::string format_duration(base::Duration duration);

// Bytes: "10M", "512KB", "1g", "4096"; 1024-based.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);

std::string format_number(double number);

}  // namespace gomodel::config
