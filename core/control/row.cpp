#include "control/row.hpp"

#include "base/rfc3339.hpp"

namespace gomodel::control {

void optional_text(json::Out& out, std::string_view name, std::string_view text) {
    text.empty() ? out.raw_member(name, "null") : out.member(name, text);
}

void flag(json::Out& out, std::string_view name, bool value) {
    out.raw_member(name, value ? "true" : "false");
}

void time(json::Out& out, std::string_view name, std::optional<base::WallTime> time) {
    time.has_value() ? out.number_member(name, to_seconds(*time)) : out.raw_member(name, "null");
}

std::optional<base::WallTime> time_of(json::Node value) {
    return base::parse_rfc3339(value.text());
}

std::string where_equal(std::string_view table, std::string_view column, std::string_view text) {
    json::Out out;
    out.begin_object().member("table", table).key("where").begin_array().begin_array();
    out.string(column).string("=").string(text).end_array().end_array().end_object();
    return out.text();
}

base::WallTime whole_seconds(base::WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

base::WallTime from_seconds(std::int64_t seconds) {
    return base::WallTime(std::chrono::seconds(seconds));
}

std::int64_t to_seconds(base::WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace gomodel::control
