// Dates as they come from Anthropic, as Unix seconds. Pure, but for now().
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace anthropic {

// "Tue, 15 Nov 1994 08:12:31 GMT" (RFC 9110, section 5.6.7), the form in use.
std::optional<std::int64_t> read_http_date(std::string_view text);

// "2025-02-19T00:00:00Z", with a fraction or an offset if need be (RFC 3339).
std::optional<std::int64_t> read_timestamp(std::string_view text);

// The system clock.
std::int64_t now();

}  // namespace anthropic
