#include "admin/date_range.hpp"

#include <gomodel/json_out.hpp>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace gomodel::admin {
namespace {

namespace chr = std::chrono;

constexpr std::uint64_t kUsualDays = 30;
constexpr std::uint64_t kMostDays = 366 * 200;

// YYYY-MM-DD
std::optional<chr::sys_days> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = base::parse_decimal(text.substr(0, 4));
    const auto month = base::parse_decimal(text.substr(5, 2));
    const auto day = base::parse_decimal(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const chr::year_month_day date{chr::year(static_cast<int>(*year)),
                                   chr::month(static_cast<unsigned>(*month)),
                                   chr::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *year < 1970 || *year > 2200) return std::nullopt;
    return chr::sys_days(date);
}

base::Error bad_date(std::string_view name) {
    return {base::Code::kInvalid, "invalid " + std::string(name) + " format, expected YYYY-MM-DD"};
}

base::Status read_range(const QueryString& parameters, const base::TimeZone& zone,
                        base::WallTime now, DateRange& range) {
    const std::string& start = parameters["start_date"];
    const std::string& end = parameters["end_date"];
    const std::optional<chr::sys_days> from = parse_date(start);
    const std::optional<chr::sys_days> to = parse_date(end);
    if (!start.empty() && !from) return bad_date("start_date");
    if (!end.empty() && !to) return bad_date("end_date");
    const chr::sys_days last = to.value_or(zone.day_of(now));
    chr::sys_days first = from.value_or(last - chr::days(kUsualDays - 1));
    if (!from && !to) {
        const std::uint64_t wanted = base::parse_decimal(parameters["days"]).value_or(0);
        const std::uint64_t days = wanted == 0 ? kUsualDays : std::min(wanted, kMostDays);
        first = last - chr::days(static_cast<std::int64_t>(days) - 1);
    }
    range.start = zone.start_of(first);
    range.end = zone.start_of(last + chr::days(1));
    return {};
}

}  // namespace

base::Result<DateRange> read_date_range(const QueryString& parameters, std::string_view zone,
                                        base::WallTime now) {
    DateRange range;
    zone = base::trim(zone);
    if (!zone.empty()) range.zone = zone;
    const std::optional<base::TimeZone> known =
        range.zone == "UTC" ? base::TimeZone::utc() : base::TimeZone::load(range.zone);
    if (!known) {
        return base::Error{base::Code::kInvalid,
                           "invalid X-GoModel-Timezone header: expected the name of a time zone, "
                           "such as Europe/Berlin"};
    }
    if (base::Status read = read_range(parameters, *known, now, range); !read.ok())
        return read.error();
    return range;
}

std::int64_t number_or(const std::string& text, std::int64_t usual, std::int64_t most) {
    const std::optional<std::uint64_t> value = base::parse_decimal(text);
    if (!value) return usual;
    return static_cast<std::int64_t>(std::min(*value, static_cast<std::uint64_t>(most)));
}

std::string json_string(std::string_view text) {
    std::string json;
    json::append_quoted(json, base::replace_invalid_utf8(text));
    return json;
}

std::string condition(std::string_view column, std::string_view op, std::string_view value) {
    return "[\"" + std::string(column) + "\",\"" + std::string(op) + "\"," + json_string(value) +
           "]";
}

}  // namespace gomodel::admin
