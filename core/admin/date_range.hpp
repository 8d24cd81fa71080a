// The days that a report is about, as its parameters say: start_date and end_date, or days. Pure.
#pragma once

#include "admin/query_string.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/time_zone.hpp"

namespace gomodel::admin {

struct DateRange {
    std::string zone = "UTC";
    base::WallTime start{};  // half open: [start, end)
    base::WallTime end{};
};

// `zone`: of the header; empty: UTC. kInvalid: says what is wrong with which parameter.
base::Result<DateRange> read_date_range(const QueryString& parameters, std::string_view zone,
                                        base::WallTime now);

// A number from 0 to `most`; `usual` when it is none.
std::int64_t number_or(const std::string& text, std::int64_t usual, std::int64_t most);
inline constexpr std::int64_t kMostOffset = 1'000'000'000'000;  // rows of a log that are skipped

// A string in JSON, whatever bytes it has; a condition of the storage's queries on it.
std::string json_string(std::string_view text);
std::string condition(std::string_view column, std::string_view op, std::string_view value);

}  // namespace gomodel::admin
